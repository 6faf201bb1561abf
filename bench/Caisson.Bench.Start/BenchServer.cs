using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Caisson.Bench.Start;

/// <summary>A server of its own in a temporary home, so that nothing of the user's is touched.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchServer(Process process, string home)
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

    internal int Pid => _process.Id;

    /// <param name="listen">Address for TCP, or none.</param>
    internal static async Task<BenchServer> StartAsync(string caisson, string listen = "none")
    {
        var home = Directory.CreateTempSubdirectory("caisson-bench-").FullName;
        var start = new ProcessStartInfo(caisson) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { "serve", "--listen", listen })
            start.ArgumentList.Add(argument);
        start.Environment["CAISSON_HOME"] = home;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{caisson} did not start");
        var line = await process.StandardOutput.ReadLineAsync();
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
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Home, recursive: true);
    }
}
