using System.Globalization;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes.Bubblewrap;

namespace Caisson.Sandboxes.Tests.Lab;

/// <summary>Starts real sandboxes in a directory of its own and takes everything away again.</summary>
internal sealed class SandboxLab : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int s_slot;

    private readonly List<ISandbox> _started = [];

    internal SandboxLab(string? root = null)
    {
        Root = root ?? Directory.CreateTempSubdirectory("cst-").FullName;
        Driver = new BubblewrapDriver(BubblewrapDriver.DefaultProgram, Checkout.Init);
    }

    internal string Root { get; }

    internal BubblewrapDriver Driver { get; }

    internal static bool IsRoot => Environment.UserName == "root";

    internal static SandboxLimits Limits { get; } = new(2, 512L << 20, 256, 1L << 30, 4096);

    /// <summary>The specification of a sandbox whose directories exist.</summary>
    internal SandboxSpec Spec(string name = "lab")
    {
        var id = SandboxId.Create(name).Value;
        var uid = IsRoot ? 1_800_000_000 + (Environment.ProcessId % 50_000 * 1_000) + Interlocked.Increment(ref s_slot) : UserId();
        var state = Path.Combine(Root, id);
        foreach (
            var directory in new[] { state, Path.Combine(state, "home"), Path.Combine(state, "workspace"), Path.Combine(Root, "run", id) }
        )
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new SandboxSpec
        {
            Id = id,
            StateDirectory = state,
            SocketDirectory = Path.Combine(Root, "run", id),
            HomeDirectory = Path.Combine(state, "home"),
            WorkspaceDirectory = Path.Combine(state, "workspace"),
            WorkingDirectory = "/workspace",
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
                ["HOME"] = "/home/agent",
                ["MARK"] = "value-only-inside",
            },
            TrustBundle = TrustRoots.With(""),
            Limits = Limits,
            StopGrace = TimeSpan.FromSeconds(1),
            HostUid = uid,
            HostGid = uid,
        };
    }

    internal async Task<ISandbox> StartAsync(SandboxSpec? spec = null)
    {
        var sandbox = await Driver.StartAsync(spec ?? Spec(), CancellationToken.None).WaitAsync(Patience);
        lock (_started)
            _started.Add(sandbox);
        return sandbox;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in _started)
            (await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None).WaitAsync(Patience)).ShouldBeEmpty();
        Directory.Delete(Root, recursive: true);
    }

    private static int UserId() =>
        int.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1],
            CultureInfo.InvariantCulture
        );
}

internal static class SandboxCommands
{
    /// <summary>Runs a shell script as the agent.</summary>
    internal static Task<ExecResult> ShellAsync(this ISandbox sandbox, string script, TimeSpan? limit = null) =>
        sandbox
            .Init.ExecAsync(new ExecRequest { Arguments = ["/bin/bash", "-c", script], Timeout = limit ?? SandboxLab.Patience })
            .WaitAsync(SandboxLab.Patience);

    /// <summary>Standard output of a script that has to succeed.</summary>
    internal static async Task<string> OutputAsync(this ISandbox sandbox, string script)
    {
        var result = await sandbox.ShellAsync(script);
        result.ExitCode.ShouldBe(0, result.Output + result.Errors);
        return result.Output.TrimEnd('\n');
    }
}
