using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Tests.Loading;

/// <summary>Policies from texts.</summary>
internal static class Text
{
    public static readonly PolicyLoadOptions Options = new() { Home = "/home/dev/.caisson", UserHome = "/home/dev" };

    public const string Example = """
        ---
        description: Claude Code on one repository
        agent:
          provider: claude
          credential: anthropic
        credentials:
          anthropic: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
        routes:
          - host: example.org
            match:
              - methods: [read]
                paths: [{ type: prefix, value: /docs }]
        ---
        """;

    public static PolicyLoadResult Load(string yaml, string file = "base.md") =>
        PolicyLoader.Parse($"---\n{yaml}\n---\nbody\n", file, Options);

    public static PolicyManifest Good(string yaml, string file = "base.md")
    {
        var result = Load(yaml, file);
        result.Errors.ShouldBeEmpty();
        return result.Policy.ShouldNotBeNull();
    }

    public static PolicyError OnlyError(string yaml)
    {
        var result = Load(yaml);
        result.Policy.ShouldBeNull();
        return result.Errors.ShouldHaveSingleItem();
    }

    public static EffectivePolicy Effective(params string[] yamls)
    {
        var result = PolicyComposer.Compose([.. yamls.Select((yaml, index) => Good(yaml, $"p{index}.md"))]);
        result.Errors.ShouldBeEmpty();
        return result.Policy.ShouldNotBeNull();
    }
}
