using System.Net;
using System.Runtime.InteropServices;
using Caisson.VendorStandIns;
using Caisson.VendorStandIns.Certificates;
using Caisson.VendorStandIns.Traffic;

// A TLS client of .NET's, for tests of what such programs trust.
if (args is ["--get", var url])
{
    using var client = new HttpClient();
    Console.Write(await client.GetStringAsync(url));
    return 0;
}

const string usage =
    "usage: Caisson.VendorStandIns --listen ADDRESS:PORT --ca-out FILE --key-file FILE [--ca-in FILE] [--log FILE] [--no-websockets]\n       Caisson.VendorStandIns --get URL";

string? listen = null;
string? caIn = null;
string? caOut = null;
string? keyFile = null;
string? logFile = null;
var webSockets = true;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--no-websockets":
            webSockets = false;
            break;
        case "--listen" when i + 1 < args.Length:
            listen = args[++i];
            break;
        case "--ca-in" when i + 1 < args.Length:
            caIn = args[++i];
            break;
        case "--ca-out" when i + 1 < args.Length:
            caOut = args[++i];
            break;
        case "--key-file" when i + 1 < args.Length:
            keyFile = args[++i];
            break;
        case "--log" when i + 1 < args.Length:
            logFile = args[++i];
            break;
        default:
            await Console.Error.WriteLineAsync($"unknown argument {args[i]}\n{usage}");
            return 2;
    }
}
if (!IPEndPoint.TryParse(listen ?? "", out var endPoint) || caOut is null || keyFile is null)
{
    await Console.Error.WriteLineAsync(usage);
    return 2;
}

await using var log = logFile is null ? Console.Error : TextWriter.Synchronized(new StreamWriter(logFile) { AutoFlush = true });
var options = new StandInOptions(endPoint, VendorKeys.Read(keyFile))
{
    Authority = caIn is null ? null : StandInAuthority.Import(await File.ReadAllTextAsync(caIn)),
    WebSockets = webSockets,
    Seen = request =>
        log.WriteLine($"{request.Status} {request.Protocol} {request.Method} {request.Host}{request.Path} key:{request.KeyFingerprint}"),
};
await using var server = await StandInServer.StartAsync(options);
await File.WriteAllTextAsync(caOut, server.CaPem);
Console.WriteLine($"ready {server.EndPoint}");

var stop = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
await stop.Task;
return 0;

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.TrySetResult();
}
