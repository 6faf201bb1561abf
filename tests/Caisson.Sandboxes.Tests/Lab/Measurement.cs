using System.Diagnostics;
using Caisson.Sandboxes.Bubblewrap;
using Caisson.Sandboxes.Limits;

namespace Caisson.Sandboxes.Tests.Lab;

/// <summary>How long starts take, one after the other: <c>Caisson.Sandboxes.Tests measure 20</c>.</summary>
internal static class Measurement
{
    internal static async Task<int> RunAsync(int runs)
    {
        await using var lab = new SandboxLab();
        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        for (var run = -3; run < runs; run++)
        {
            var spec = lab.Spec();
            var clock = Stopwatch.StartNew();
            var sandbox = await lab.Driver.StartAsync(spec, CancellationToken.None);
            var started = clock.Elapsed;
            await sandbox.Init.ExecAsync(new() { Arguments = ["/bin/true"] });
            var executed = clock.Elapsed;
            await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None);
            var stopped = clock.Elapsed;
            clock.Restart();
            EtcDirectory.WriteOwn(Path.Combine(lab.Root, "etc"), spec);
            var written = clock.Elapsed;
            clock.Restart();
            var cgroup = CgroupTree.OfThisProcess().Create(spec.Id, spec.Limits);
            var limited = clock.Elapsed;
            cgroup.Remove();
            clock.Restart();
            using (
                var plain = Process.Start(
                    new ProcessStartInfo("/usr/bin/bwrap", ["--ro-bind", "/", "/", "--unshare-all", "/bin/true"])
                    {
                        UseShellExecute = false,
                    }
                )!
            )
                await plain.WaitForExitAsync();
            var bubblewrap = clock.Elapsed;
            if (run < 0)
                continue;
            Add("start", started);
            Add("start to first exec's end", executed);
            Add("stop", stopped - executed);
            Add("of it: /etc", written);
            Add("of it: cgroups", limited);
            Add("bwrap true alone", bubblewrap);
        }
        foreach (var (name, values) in times)
        {
            values.Sort();
            Console.WriteLine($"{name, -28} median {values[values.Count / 2]:0.0} ms, p90 {values[values.Count * 9 / 10]:0.0} ms");
        }
        return 0;

        void Add(string name, TimeSpan time)
        {
            if (!times.TryGetValue(name, out var list))
                times[name] = list = [];
            list.Add(time.TotalMilliseconds);
        }
    }
}
