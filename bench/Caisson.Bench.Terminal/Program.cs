using Caisson.Bench.Terminal;

switch (args)
{
    case ["parse", .. var rest]:
        return ParseBench.Run(rest);
    case ["conformance", var folder]:
        return Conformance.Run(folder);
    default:
        Console.Error.WriteLine("usage: Caisson.Bench.Terminal parse [MEGABYTES] | conformance FOLDER");
        return 2;
}
