using System.Globalization;
using Caisson.Bench.Api;

// usage: Caisson.Bench.Api CAISSON-SERVER [--json] [seconds]
if (args is not [var server, .. var rest])
{
    Console.Error.WriteLine("usage: Caisson.Bench.Api CAISSON-SERVER-PROGRAM [--json] [SECONDS]");
    return 64;
}
var seconds = rest.Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max();
var home = Directory.CreateTempSubdirectory("cb-").FullName;
try
{
    var workspaces = await Seed.WriteAsync(home, 1000);
    await using var running = await ApiServer.StartAsync(server, home);
    var load = new Load(running, workspaces);
    // Until what runs often was compiled for speed: a server runs for weeks.
    await load.RunAsync(TimeSpan.FromSeconds(20), measured: false);
    await load.RunAsync(TimeSpan.FromSeconds(seconds == 0 ? 30 : seconds), measured: true);
    await load.DeleteMadeAsync();
    load.Print(rest.Contains("--json"));
    return 0;
}
finally
{
    Directory.Delete(home, recursive: true);
}
