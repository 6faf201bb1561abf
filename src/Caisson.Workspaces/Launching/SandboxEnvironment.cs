using Caisson.Agents;
using Caisson.Api;
using Caisson.Policy.Composition;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// The whole environment of a sandbox, built from empty: nothing of the server's own comes along. The same for every driver.
/// </summary>
internal static class SandboxEnvironment
{
    internal const string Home = "/home/agent";
    internal const string TrustBundle = "/etc/ssl/certs/ca-certificates.crt";
    private const string ExplicitProxy = "http://caisson.internal:3128";

    /// <param name="variables">The policy's <c>env</c>, resolved, and the decoys.</param>
    internal static IReadOnlyDictionary<string, string> Build(
        string sandboxId,
        EffectivePolicy policy,
        IReadOnlyList<AgentPlan> agents,
        TerminalSize? terminal,
        IReadOnlyList<KeyValuePair<string, string>> variables
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
                new[] { $"{Home}/.local/bin" }
                    .Concat(agents.SelectMany(agent => agent.Path))
                    .Concat(["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"])
            ),
        };
        foreach (var (name, value) in CaTrust.Variables(TrustBundle))
            environment[name] = value;
        if (policy.ProxyEnv.Value)
            AddProxy(environment);
        foreach (var variable in agents.SelectMany(agent => agent.Environment))
            environment[variable.Name] = variable.Value;
        foreach (var (name, value) in variables)
            environment[name] = value;
        return environment;
    }

    private static void AddProxy(Dictionary<string, string> environment)
    {
        foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy" })
            environment[name] = ExplicitProxy;
        foreach (var name in new[] { "NO_PROXY", "no_proxy" })
            environment[name] = "localhost,127.0.0.0/8,::1,caisson.internal";
    }
}
