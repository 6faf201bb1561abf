using Caisson.Bench.Start;

// usage: Caisson.Bench.Start CAISSON SRT [--json]
if (args is not [var caisson, var srt, ..])
{
    Console.Error.WriteLine("usage: Caisson.Bench.Start CAISSON-PROGRAM SRT-PROGRAM [--json]");
    return 64;
}
await using var server = await BenchServer.StartAsync(caisson);
var report = await StartReport.MeasureAsync(caisson, srt, server);
report.Print(args.Contains("--json"));
return 0;
