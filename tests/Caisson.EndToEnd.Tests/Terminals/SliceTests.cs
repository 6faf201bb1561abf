using System.Globalization;
using Caisson.EndToEnd.Tests.Lab;
using Caisson.Init.Protocol.Scheduling;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>Who gets the processor sooner: what carries keys, and nothing that a sandbox runs.</summary>
public sealed class SliceTests(SharedInstallation shared)
{
    private const long Short = 100_000;

    [Fact]
    public async Task TheServerAndPid1HaveShortSlices_AndWhatASandboxRunsHasTheUsualOnes()
    {
        var usual = Slice("/proc/thread-self/sched");
        Assert.SkipUnless(OfAShortThread() == Short, "This kernel gives threads no slices of their own; Linux 6.12 does.");
        var server = $"/proc/{shared.Installation.ServerProcess.ToString(CultureInfo.InvariantCulture)}";

        var inside = (
            await shared.Installation.RunAsync("run", "--yes", "--rm", "--", "grep", "-h", "^se.slice", "/proc/self/sched", "/proc/1/sched")
        ).ShouldSucceed();

        inside.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number).ShouldBe([usual, Short]);
        Slice($"{server}/sched").ShouldBe(Short);
        var bulk = Directory
            .GetDirectories($"{server}/task")
            .Where(task => File.ReadAllText($"{task}/comm").Trim() == "terminal output")
            .ToList();
        bulk.ShouldNotBeEmpty();
        bulk.Select(task => Slice($"{task}/sched")).ShouldAllBe(slice => slice == usual);
    }

    private static long OfAShortThread()
    {
        var slice = 0L;
        var thread = new Thread(() =>
        {
            ThreadSlices.Shorten(inherited: false);
            slice = Slice("/proc/thread-self/sched");
        });
        thread.Start();
        thread.Join();
        return slice;
    }

    /// <returns>Nanoseconds; 0 where the kernel does not say.</returns>
    private static long Slice(string file) =>
        File.Exists(file) && File.ReadLines(file).FirstOrDefault(line => line.StartsWith("se.slice", StringComparison.Ordinal)) is { } line
            ? Number(line)
            : 0;

    private static long Number(string line) =>
        long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
}
