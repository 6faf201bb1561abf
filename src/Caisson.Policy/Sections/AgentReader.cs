using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>agent</c>.</summary>
internal static class AgentReader
{
    private static readonly string[] Known = ["claude", "codex", "gemini", "opencode", "pi", "hermes", "custom"];

    public static AgentSettings Read(YamlNode? node, LoadContext context)
    {
        var section = SectionReader.Open(
            node,
            "agent",
            context,
            ["provider", "credential", "forward_login", "args", "stop_grace"],
            ["image", "settings"]
        );
        if (section is null)
            return new AgentSettings();
        return new AgentSettings
        {
            Provider = Provider(section, "provider"),
            Credential = CredentialsReader.Name(section, "credential"),
            ForwardLogin = section.Boolean("forward_login"),
            Args = section.Has("args")
                ? new Setting<IReadOnlyList<string>>(section.Texts("args"), context.Origin(section.PlaceOf("args")))
                : null,
            StopGrace = section.Duration("stop_grace", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "8s"),
        };
    }

    /// <summary>The name of a provider that exists here.</summary>
    public static Setting<string>? Provider(SectionReader section, string key)
    {
        var provider = section.Text(key);
        if (provider is null || section.Context.Options.Providers.Contains(provider.Value))
            return provider;
        var place = section.Find(key)!.Place;
        if (Known.Contains(provider.Value))
            section.Context.NotYet(place, section.At(key), $"{key}: {provider.Value}");
        else
            section.Context.Unknown(place, section.At(key), "agent provider", provider.Value, section.Context.Options.Providers);
        return null;
    }
}
