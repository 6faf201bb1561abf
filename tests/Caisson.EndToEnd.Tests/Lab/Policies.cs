namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>The policies that the tests launch with, as files of the installation.</summary>
internal static class Policies
{
    /// <summary>The first policy of the documentation.</summary>
    internal const string Web = """
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

    internal const string Codex = """
        ---
        description: Codex on one repository
        agent:
          provider: codex
          credential: openai
        credentials:
          openai: { env: OPENAI_API_KEY, scheme: bearer, bind: [{ host: api.openai.com }] }
        ---
        """;

    internal const string CodexLogin = """
        ---
        description: Codex with the ChatGPT login of this machine
        agent:
          provider: codex
          forward_login: true
        routes:
          - host: example.org
        ---
        """;

    /// <summary>One host that is intercepted, and one whose own certificate, which nobody trusts, arrives.</summary>
    internal const string Trust = """
        ---
        description: What tools trust
        routes:
          - host: example.org
          - host: git.caisson.example
          - host: registry.caisson.example
          - host: untrusted.caisson.example
            tls: passthrough
        ---
        """;

    /// <summary>A key that somebody types at each launch.</summary>
    internal const string Typed = """
        ---
        description: A key that is typed
        credentials:
          key: { prompt: Key of the API, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
        routes:
          - host: api.anthropic.com
            credential: key
        ---
        """;

    internal const string OpenCode = """
        ---
        description: OpenCode on one repository
        agent:
          provider: opencode
          credential: anthropic
        credentials:
          anthropic: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
        ---
        """;

    internal const string Placeholder = """
        ---
        description: A credential in a variable, bound to one host
        env:
          API_TOKEN: { credential: anthropic }
        credentials:
          anthropic: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
        routes:
          - host: api.anthropic.com
            credential: anthropic
          - host: example.org
        ---
        """;

    internal const string Net = """
        ---
        description: Several hosts without a credential
        routes:
          - host: example.org
            match:
              - methods: [read]
                paths: [{ type: prefix, value: /docs }]
          - host: git.caisson.example
          - host: registry.caisson.example
          - host: untrusted.caisson.example
        ---
        """;

    internal static string For(string agent) => agent == "claude" ? "web" : agent;

    internal static async Task WriteAsync(Installation installation)
    {
        foreach (
            var (name, text) in new[]
            {
                ("web", Web),
                ("codex", Codex),
                ("codex-login", CodexLogin),
                ("trust", Trust),
                ("opencode", OpenCode),
                ("placeholder", Placeholder),
                ("typed", Typed),
                ("net", Net),
            }
        )
            await File.WriteAllTextAsync(Path.Combine(installation.Home, "policies", $"{name}.md"), text);
    }
}
