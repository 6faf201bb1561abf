using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Caisson.Bench.Start;

/// <summary>A server of its own in a temporary home, so that nothing of the user's is touched. It ends with its sandboxes when this process does.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Supervised _process;

    private BenchServer(Supervised process, string home)
    {
        _process = process;
        Home = home;
        Http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(home, "caisson.sock")), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://caisson/api/v1/"),
        };
    }

    internal string Home { get; }

    internal HttpClient Http { get; }

    internal int Pid => _process.Pid;

    /// <param name="listen">Address for TCP, or none.</param>
    internal static async Task<BenchServer> StartAsync(string caisson, string listen = "none")
    {
        var home = Directory.CreateTempSubdirectory("caisson-bench-").FullName;
        var start = new ProcessStartInfo(caisson);
        foreach (var argument in new[] { "serve", "--listen", listen, "--stop-workspaces", "--stop-seconds", "60" })
            start.ArgumentList.Add(argument);
        start.Environment["CAISSON_HOME"] = home;
        var process = await Supervised.StartAsync(start, home);
        var line = await process.Output.ReadLineAsync();
        return line?.StartsWith("listening", StringComparison.Ordinal) == true
            ? new BenchServer(process, home)
            : throw new InvalidOperationException($"the server said: {line}");
    }

    /// <summary>Stage timings of every sandbox that still has a record, by stage.</summary>
    internal async Task<IReadOnlyList<Dictionary<string, double>>> StagesAsync()
    {
        using var document = JsonDocument.Parse(await Http.GetStringAsync("sandboxes"));
        return
        [
            .. document
                .RootElement.GetProperty("items")
                .EnumerateArray()
                .Select(item =>
                    item.GetProperty("stages")
                        .EnumerateArray()
                        .ToDictionary(
                            stage => stage.GetProperty("stage").GetString()!,
                            stage => stage.GetProperty("milliseconds").GetDouble()
                        )
                )
                .Where(stages => stages.Count > 0),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
