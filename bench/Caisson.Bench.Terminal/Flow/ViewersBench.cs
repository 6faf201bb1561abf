using System.Globalization;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>What 1,500 people cost who look at terminals where nothing happens.</summary>
internal static class ViewersBench
{
    private const int Terminals = 75;
    private const int PerTerminal = 20;

    internal static async Task RunAsync(CaissonPeer product)
    {
        var terminals = new List<string>();
        for (var i = 0; i < Terminals; i++)
            terminals.Add(await product.CreateAsync("printf ready; exec sleep 1000"));
        var pid = int.Parse(File.ReadAllText(Path.Combine(product.Server.Home, "server.lock.pid")), CultureInfo.InvariantCulture);
        var before = await SettledAsync(pid);
        var views = new List<CaissonView>();
        foreach (var terminal in terminals)
        {
            for (var i = 0; i < PerTerminal; i++)
            {
                var view = await product.LocalViewAsync(terminal, "\"live\"");
                await view.FrameAsync();
                views.Add(view);
            }
        }
        var after = await SettledAsync(pid);
        FlowBench.Say(
            "caisson",
            "1,500 idle viewers",
            ("kib_per_viewer", (after - before) / views.Count),
            ("server_mib", after / 1024),
            ("server_mib_before", before / 1024)
        );
        foreach (var view in views)
            await view.DisposeAsync();
        await product.ClearAsync();
    }

    /// <summary>Resident KiB once it does not change any more.</summary>
    private static async Task<double> SettledAsync(int pid)
    {
        var last = 0.0;
        for (var same = 0; same < 3; )
        {
            await Task.Delay(1000);
            var now = Resident(pid);
            same = Math.Abs(now - last) < 512 ? same + 1 : 0;
            last = now;
        }
        return last;
    }

    private static double Resident(int pid) =>
        double.Parse(
            File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
