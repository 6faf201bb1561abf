using Caisson.Agents;
using Caisson.Api;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// The whole environment of a sandbox, built from empty. The four forms of <c>env</c> are resolved here and nowhere else, the same for every
/// driver, and no unresolved text gets past.
/// </summary>
internal static class SandboxEnvironment
{
    internal const string Home = "/home/agent";
    internal const string TrustBundle = "/etc/ssl/certs/ca-certificates.crt";
    private const string ExplicitProxy = "http://caisson.internal:3128";

    /// <param name="values">Answers by the keys of <see cref="PlanNeeds"/>.</param>
    /// <param name="placeholder">The placeholder of a credential by name.</param>
    /// <exception cref="SandboxException"><c>credential_missing</c>: a value is missing; names the variable only.</exception>
    internal static IReadOnlyDictionary<string, string> Build(
        string sandboxId,
        EffectivePolicy policy,
        AgentPlan? agent,
        TerminalSize? terminal,
        IReadOnlyDictionary<string, string> values,
        Func<string, string?> placeholder
    )
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Home,
            ["USER"] = "agent",
            ["LOGNAME"] = "agent",
            ["SHELL"] = "/bin/bash",
            ["LANG"] = "C.UTF-8",
            ["TERM"] = terminal?.Term ?? "xterm-256color",
            ["COLORTERM"] = "truecolor",
            ["TMPDIR"] = "/tmp",
            ["CAISSON_SANDBOX"] = sandboxId,
            ["PATH"] = string.Join(
                ':',
                new[] { $"{Home}/.local/bin" }.Concat(agent?.Path ?? []).Concat(["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"])
            ),
        };
        foreach (var (name, value) in CaTrust.Variables(TrustBundle))
            environment[name] = value;
        if (policy.ProxyEnv.Value)
            AddProxy(environment);
        foreach (var variable in agent?.Environment ?? [])
            environment[variable.Name] = variable.Value;
        foreach (var entry in policy.Env)
            environment[entry.Name] = Resolve(entry, values, placeholder);
        return environment;
    }

    private static void AddProxy(Dictionary<string, string> environment)
    {
        foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy" })
            environment[name] = ExplicitProxy;
        foreach (var name in new[] { "NO_PROXY", "no_proxy" })
            environment[name] = "localhost,127.0.0.0/8,::1,caisson.internal";
    }

    private static string Resolve(EnvEntry entry, IReadOnlyDictionary<string, string> values, Func<string, string?> placeholder) =>
        entry.Form switch
        {
            EnvForm.Literal => entry.Text,
            EnvForm.Credential => placeholder(entry.Text) ?? throw Missing(entry, $"the credential '{entry.Text}' is not defined"),
            EnvForm.Ask => values.GetValueOrDefault(PlanNeeds.EnvironmentKey(entry.Name)) ?? throw Missing(entry, "it has to be typed at the launch and was not given"),
            EnvForm.ServerVariable => values.GetValueOrDefault(PlanNeeds.EnvironmentKey(entry.Name))
                ?? (Environment.GetEnvironmentVariable(entry.Text) is { Length: > 0 } own ? own : throw Missing(entry, $"the variable {entry.Text} is not set")),
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };

    private static SandboxException Missing(EnvEntry entry, string why) =>
        new("credential_missing", $"env.{entry.Name} ({entry.Origin}) has no value: {why}.", "Set it and try again.");
}
