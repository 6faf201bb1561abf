using Caisson.Sandboxes.Limits;
using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Limits;

/// <summary>Each limit is hit inside; the host and a neighbour stay usable.</summary>
public sealed class LimitTests : IAsyncDisposable
{
    private readonly SandboxLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task WritesExactlyTheLimitsOfThePlan()
    {
        var sandbox = await _lab.StartAsync(_lab.Spec() with { Limits = new SandboxLimits(1.5, 300L << 20, 77, 1L << 30, 999) });
        if (File.Exists(Path.Combine(sandbox.Runtime.Cgroups[0], "cgroup.controllers")))
        {
            CgroupReading.Read(sandbox.Runtime, "cpu.max").ShouldBe("150000 100000");
            CgroupReading.Read(sandbox.Runtime, "memory.max").ShouldBe($"{300L << 20}");
        }
        else
        {
            CgroupReading.Read(sandbox.Runtime, "cpu.cfs_quota_us").ShouldBe("150000");
            CgroupReading.Read(sandbox.Runtime, "cpu.cfs_period_us").ShouldBe("100000");
            CgroupReading.Read(sandbox.Runtime, "memory.limit_in_bytes").ShouldBe($"{300L << 20}");
        }
        CgroupReading.Read(sandbox.Runtime, "pids.max").ShouldBe("77");
        (await sandbox.OutputAsync("ulimit -Hn; ulimit -Sn")).ShouldBe("999\n999");
    }

    [Fact]
    public async Task AForkBomb_HitsTheLimit_AndANeighbourGoesOn()
    {
        var sandbox = await _lab.StartAsync(_lab.Spec() with { Limits = SandboxLab.Limits with { Processes = 64 } });
        var neighbour = await _lab.StartAsync();

        // Each asks for two more until it is refused, and then stays, so that the limit stays hit.
        var bomb = sandbox.ShellAsync("bomb() { bomb | bomb & sleep 3; }; bomb 2>/dev/null; wait", TimeSpan.FromSeconds(4));

        SpinWait.SpinUntil(() => sandbox.Measure().ProcessLimitHits > 0, SandboxLab.Patience).ShouldBeTrue();
        sandbox.Measure().Processes.ShouldBeLessThanOrEqualTo(64);
        (await neighbour.OutputAsync("echo usable")).ShouldBe("usable");
        await bomb;
    }

    [Fact]
    public async Task AMemoryHog_IsKilled_AndPid1AndANeighbourGoOn()
    {
        var sandbox = await _lab.StartAsync(_lab.Spec() with { Limits = SandboxLab.Limits with { MemoryBytes = 256L << 20 } });
        var neighbour = await _lab.StartAsync();

        var hog = await sandbox.ShellAsync("python3 -c \"a=[]\nwhile True: a.append(bytearray(16<<20))\"");

        hog.ExitCode.ShouldBe(137);
        sandbox.Measure().MemoryLimitHits.ShouldBeGreaterThan(0);
        sandbox.Measure().MemoryBytes.ShouldBeLessThanOrEqualTo(256L << 20);
        (await sandbox.OutputAsync("echo usable")).ShouldBe("usable");
        (await neighbour.OutputAsync("echo usable")).ShouldBe("usable");
    }

    [Fact]
    public async Task AFillerOfMemoryFileSystems_GetsNoSpace()
    {
        var sandbox = await _lab.StartAsync(_lab.Spec() with { Limits = SandboxLab.Limits with { MemoryBytes = 256L << 20 } });
        var result = await sandbox.ShellAsync(
            "dd if=/dev/zero of=/tmp/fill bs=1M count=400; df --output=size -m /tmp | tail -1; rm /tmp/fill"
        );

        result.Errors.ShouldContain("No space left on device");
        result.Output.Trim().ShouldBe("128");
        (await sandbox.OutputAsync("echo usable")).ShouldBe("usable");
    }

    [Fact]
    public void RefusesTheLaunch_WithoutDelegation_AndLeavesNothing()
    {
        var mounts = "cgroup /proc/nowhere/memory cgroup rw,memory 0 0\n";
        var tree = new CgroupTree("4:memory:/\n", mounts);

        var exception = Should.Throw<SandboxException>(() => tree.Create("lab-00000", SandboxLab.Limits));

        exception.Code.ShouldBe("limits_unavailable");
        exception.Message.ShouldContain("/proc/nowhere/memory is not writable");
        // What systemd can hand over is of the second version.
        exception.Fix.ShouldNotBeNull().ShouldContain("chown -R $USER /proc/nowhere/memory/caisson");
        exception.Fix.ShouldNotContain("Delegate");
    }

    [Fact]
    public void RefusesTheLaunch_WithoutAController_AndSaysHowItIsMounted()
    {
        var exception = Should.Throw<SandboxException>(() => new CgroupTree("4:pids:/\n", "").Create("lab-00000", SandboxLab.Limits));

        exception.Code.ShouldBe("limits_unavailable");
        exception.Fix.ShouldNotBeNull().ShouldContain("mount -t cgroup -o");
    }

    [Theory]
    [InlineData("memory pids\n", "lacks the controllers cpu")]
    [InlineData(null, "is not there")]
    public void RefusesTheLaunch_WithoutDelegationOfVersion2_AndSaysWhatIsMissing(string? controllers, string expected)
    {
        // Not a cgroup, but all that is looked at before anything is made.
        var own = Directory.CreateDirectory(Path.Combine(_lab.Root, "fake", "session.scope"));
        if (controllers is not null)
        {
            File.WriteAllText(Path.Combine(own.FullName, "cgroup.controllers"), controllers);
            File.WriteAllText(Path.Combine(own.FullName, "cgroup.procs"), "");
        }
        var tree = new CgroupTree("0::/session.scope\n", $"c {own.Parent} cgroup2 rw 0 0\n");

        var exception = Should.Throw<SandboxException>(() => tree.Create("lab-00000", SandboxLab.Limits));

        exception.Code.ShouldBe("limits_unavailable");
        exception.Message.ShouldContain(own.FullName);
        exception.Message.ShouldContain(expected);
        exception.Fix.ShouldNotBeNull().ShouldContain("--scope -p Delegate=yes");
        own.EnumerateDirectories().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("server.scope")]
    [InlineData("server.scope/caisson-server")]
    public void DividesTheScope_BesideTheServer_AndLookingChangesNothing(string own)
    {
        var root = Directory.CreateDirectory(Path.Combine(_lab.Root, "fake"));
        root.CreateSubdirectory(own);
        // A child has them only once its parent hands them down, which may have failed the first time.
        var scope = Path.Combine(root.FullName, "server.scope");
        File.WriteAllText(Path.Combine(scope, "cgroup.controllers"), "cpu memory pids\n");
        File.WriteAllText(Path.Combine(scope, "cgroup.procs"), "");
        var tree = new CgroupTree($"0::/{own}\n", $"c {root} cgroup2 rw 0 0\n");

        var (directories, unified) = tree.Parents();

        unified.ShouldBeTrue();
        directories.ShouldBe([scope]);
        Directory.GetFileSystemEntries(scope).Length.ShouldBe(own.EndsWith("caisson-server", StringComparison.Ordinal) ? 3 : 2);
    }

    [Fact]
    public void RefusesAMissingController_AndRemovesWhatItMade()
    {
        // Directories that are no cgroups: made, but the kernel's files are not in them.
        var root = Directory.CreateDirectory(Path.Combine(_lab.Root, "fake"));
        var tree = new CgroupTree(
            "1:memory:/\n2:pids:/\n3:cpu:/\n",
            $"c {root.FullName} cgroup rw,memory 0 0\nc {root.FullName} cgroup rw,pids 0 0\nc {root.FullName} cgroup rw,cpu 0 0\n"
        );

        Should.Throw<SandboxException>(() => tree.Create("lab-00000", SandboxLab.Limits)).Code.ShouldBe("limits_unavailable");

        root.EnumerateDirectories().ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatEndsWhileItIsMeasured_IsMeasuredAsNothing()
    {
        var directory = Path.Combine(_lab.Root, "fake", "ending");
        var cgroup = new Cgroup([directory], unified: true);
        using var over = new CancellationTokenSource();
        var ending = Task.Run(() =>
        {
            for (var times = 0; times < 2000; times++)
            {
                Directory.CreateDirectory(directory);
                File.WriteAllText(Path.Combine(directory, "memory.current"), "1\n");
                Directory.Delete(directory, recursive: true);
            }
            over.Cancel();
        });

        while (!over.IsCancellationRequested)
            cgroup.Measure().MemoryBytes.ShouldBeInRange(0, 1);

        await ending;
    }
}
