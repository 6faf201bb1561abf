using System.Globalization;
using Caisson.Bench.Terminal;
using Caisson.Bench.Terminal.Flow;

switch (args)
{
    case ["parse", .. var rest]:
        return ParseBench.Run(rest);
    case ["conformance", var folder]:
        return Conformance.Run(folder);
    case ["snapshots", var columns, var rows]:
        return Snapshots.Run(int.Parse(columns, CultureInfo.InvariantCulture), int.Parse(rows, CultureInfo.InvariantCulture));
    case ["flow", var caisson, .. var only]:
        return await FlowBench.RunAsync(caisson, only);
    default:
        Console.Error.WriteLine(
            "usage: Caisson.Bench.Terminal parse [MEGABYTES [FOLDER]] | conformance FOLDER | snapshots COLUMNS ROWS | flow CAISSON [echo] [floods] [throughput] [reattach] [frozen] [viewers]"
        );
        return 2;
}
