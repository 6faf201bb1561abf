using System.Text.Json;
using Caisson.Bench.Detection;

// Arguments: a folder of source text; --json; --caisson PATH and --peer NAME=COMMAND… for whole processes, in which {} is the folder.
var options = args.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)).ToList();
var tree = args.FirstOrDefault(argument => !argument.StartsWith("--", StringComparison.Ordinal)) ?? "src";
var report = new List<Figure>();
report.AddRange(EngineBench.Run(tree));
report.AddRange(HostileBench.Run());
foreach (var option in options.Where(option => option.StartsWith("--peer=", StringComparison.Ordinal)))
{
    var parts = option["--peer=".Length..].Split('=', 2);
    report.AddRange(ProcessBench.Run(parts[0], parts[1].Replace("{}", tree, StringComparison.Ordinal)));
}
if (options.Contains("--json"))
    Console.WriteLine(JsonSerializer.Serialize(report, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
else
{
    foreach (var figure in report)
        Console.WriteLine(figure);
}
