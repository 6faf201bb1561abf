using System.Diagnostics;
using System.Net.Sockets;
using Caisson.Bench.Start;

namespace Caisson.Bench.Api;

/// <summary>The real server on a seeded home, spoken to over its Unix socket, where no limits of requests are.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly Supervised _server;
    private readonly Process _process;
    private readonly string _home;

    private ApiServer(Supervised server, string home) => (_server, _process, _home) = (server, Process.GetProcessById(server.Pid), home);

    internal static async Task<ApiServer> StartAsync(string program, string home)
    {
        var start = new ProcessStartInfo(program, ["serve", "--listen", "none"]);
        start.Environment["CAISSON_HOME"] = home;
        var server = await Supervised.StartAsync(start, home: null);
        if (await server.Output.ReadLineAsync() is not { } line || !line.StartsWith("listening", StringComparison.Ordinal))
            throw new InvalidOperationException("The server did not start.");
        return new ApiServer(server, home);
    }

    /// <summary>What the server has used of processors: other work on the machine does not change it.</summary>
    internal TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    internal HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = 256,
                // A stream of events has no end to wait for.
                MaxResponseDrainSize = 0,
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_home, "caisson.sock")), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://caisson/api/v1/"),
        };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _process.Dispose();
    }
}
