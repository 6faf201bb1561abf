using System.Globalization;
using Caisson.Bench.Terminal;

switch (args)
{
    case ["parse", .. var rest]:
        return ParseBench.Run(rest);
    case ["conformance", var folder]:
        return Conformance.Run(folder);
    case ["snapshots", var columns, var rows]:
        return Snapshots.Run(int.Parse(columns, CultureInfo.InvariantCulture), int.Parse(rows, CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine("usage: Caisson.Bench.Terminal parse [MEGABYTES [FOLDER]] | conformance FOLDER | snapshots COLUMNS ROWS");
        return 2;
}
