using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Network;

/// <summary>One sandbox in which many attempts are made.</summary>
public sealed class NetworkSandbox(SharedInstallation shared) : IAsyncLifetime
{
    private Session session = null!;

    internal Installation Installation { get; } = shared.Installation;

    internal const string Name = "network";

    public async ValueTask InitializeAsync() => session = await Session.StartSandboxAsync(Installation, Name, "--policy", "net");

    public async ValueTask DisposeAsync()
    {
        await Installation.RunAsync("rm", Name);
        await session.DisposeAsync();
    }

    /// <summary>A script of bash's in the sandbox.</summary>
    internal Task<Outcome> ShellAsync(string script) => Installation.RunAsync("exec", Name, "--", "bash", "-c", script);
}
