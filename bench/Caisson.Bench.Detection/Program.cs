using System.Text.Json;
using Caisson.Bench.Detection;

if (args is ["corpus", .. var folders])
{
    CorpusReport.Findings(folders);
    return;
}
if (args is ["keywords", .. var places])
{
    CorpusReport.Keywords(places);
    return;
}

// Arguments: a folder of source text; --json; --peer=NAME=COMMAND for whole processes, in which {} is the folder.
var options = args.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)).ToList();
var tree = args.FirstOrDefault(argument => !argument.StartsWith("--", StringComparison.Ordinal)) ?? "src";
var peers = options
    .Where(option => option.StartsWith("--peer=", StringComparison.Ordinal))
    .Select(option => option["--peer=".Length..].Split('=', 2))
    .SelectMany(parts => ProcessBench.Run(parts[0], parts[1].Replace("{}", tree, StringComparison.Ordinal)));
var figures = new List<Figure>();
foreach (var figure in EngineBench.Run(tree).Concat(HostileBench.Run()).Concat(peers))
{
    figures.Add(figure);
    if (!options.Contains("--json"))
        Console.WriteLine(figure);
}
if (options.Contains("--json"))
    Console.WriteLine(JsonSerializer.Serialize(figures, Figure.Written));
