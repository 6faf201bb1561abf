using Caisson.Sandboxes;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Storage;
using Caisson.Workspaces.Lifecycle;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Tests.Lifecycle;

/// <summary>What the log says when a real sandbox hits its limits. Looks are asked for here, not waited for.</summary>
public sealed class LimitMonitorTests : IAsyncDisposable
{
    private readonly SandboxLab _lab = new();
    private readonly CaissonDirectories _directories;
    private readonly Database _database;
    private readonly SandboxStore _store;
    private readonly LimitMonitor _monitor;
    private LimitMonitor.Watched[] _running = [];

    public LimitMonitorTests()
    {
        _directories = new CaissonDirectories(_lab.Root);
        _directories.Prepare();
        _database = Database.Open(_directories.Database);
        _store = new SandboxStore(_database, TimeProvider.System);
        _monitor = new LimitMonitor(() => _running, _directories, _store, new StoppedTime());
    }

    public async ValueTask DisposeAsync()
    {
        await _monitor.DisposeAsync();
        _database.Dispose();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Memory_NamesTheLimitAndWhatEnded()
    {
        var sandbox = await StartAsync(SandboxLab.Limits with { MemoryBytes = 256L << 20 });
        var hog = sandbox.ShellAsync("exec -a hog python3 -c \"import sys\nsys.stdin.readline()\"; true");
        var program = sandbox.Init.StartAttachedAsync(
            new()
            {
                Arguments = ["python3", "-c", "import sys\nsys.stdin.readline()\na=[]\nwhile True: a.append(bytearray(8<<20))"],
                Input = true,
                Attach = true,
            }
        );
        await using var attachment = await program;
        await hog;
        await _monitor.CheckAsync(disk: false, CancellationToken.None);
        await attachment.InputAsync("go\n"u8.ToArray());
        await foreach (var _ in attachment.ReadFramesAsync())
        {
            // Until its end.
        }

        await _monitor.CheckAsync(disk: false, CancellationToken.None);

        Log(sandbox).ShouldContain("memory: the limit of 256 MiB was hit");
        Log(sandbox).ShouldContain("python3");
        Log(sandbox).ShouldContain("resources.memory");
        await _monitor.CheckAsync(disk: false, CancellationToken.None);
        _store.Events(sandbox.Id, 10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Processes_NamesTheLimitAndWhatIsMost()
    {
        var sandbox = await StartAsync(SandboxLab.Limits with { Processes = 40 });
        await _monitor.CheckAsync(disk: false, CancellationToken.None);
        var bomb = sandbox.ShellAsync("for i in $(seq 60); do sleep 5 & done 2>/dev/null; wait", TimeSpan.FromSeconds(4));
        SpinWait.SpinUntil(() => sandbox.Measure().ProcessLimitHits > 0, SandboxLab.Patience).ShouldBeTrue();

        await _monitor.CheckAsync(disk: false, CancellationToken.None);

        Log(sandbox).ShouldContain("processes: the limit of 40 was hit");
        Log(sandbox).ShouldContain("sleep (");
        await bomb;
    }

    [Fact]
    public async Task Disk_FreezesAboveTheLimit_AndGoesOnBelow()
    {
        var sandbox = await StartAsync(SandboxLab.Limits with { DiskBytes = 20L << 20 });
        await sandbox.OutputAsync("ln -s / /home/agent/root; truncate -s 1G /workspace/sparse");
        await _monitor.CheckAsync(disk: true, CancellationToken.None);
        _store.Events(sandbox.Id, 10).ShouldBeEmpty();
        await sandbox.OutputAsync(
            "dd if=/dev/zero of=/workspace/fill bs=1M count=15 status=none; dd if=/dev/zero of=/home/agent/fill bs=1M count=15 status=none"
        );

        await _monitor.CheckAsync(disk: true, CancellationToken.None);

        Log(sandbox).ShouldContain("disk: home and workspace hold more than the limit of 20 MiB");
        var frozen = sandbox.ShellAsync("echo alive");
        (await Task.WhenAny(frozen, _monitor.CheckAsync(disk: true, CancellationToken.None))).ShouldNotBe(frozen);
        File.Delete(Path.Combine(_directories.Sandbox(sandbox.Id).Workspace, "fill"));
        await _monitor.CheckAsync(disk: true, CancellationToken.None);
        (await frozen).Output.ShouldBe("alive\n");
        Log(sandbox).ShouldContain("goes on");
    }

    private async Task<ISandbox> StartAsync(SandboxLimits limits)
    {
        var spec = _lab.Spec() with { Limits = limits };
        // Where the server keeps them.
        Directory.CreateDirectory(_directories.Sandboxes);
        var files = _directories.Sandbox(spec.Id);
        Directory.Move(spec.StateDirectory, files.State);
        spec = spec with { StateDirectory = files.State, HomeDirectory = files.HomeInside, WorkspaceDirectory = files.Workspace };
        var sandbox = await _lab.StartAsync(spec);
        _running = [new LimitMonitor.Watched(sandbox, limits)];
        return sandbox;
    }

    private string Log(ISandbox sandbox) => string.Join('\n', _store.Events(sandbox.Id, 10).Select(entry => $"{entry.Kind} {entry.Text}"));

    /// <summary>Time that stands still: the monitor's own timer never fires.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
