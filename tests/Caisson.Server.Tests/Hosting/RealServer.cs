using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Caisson.Server.Tests.Hosting;

/// <summary>The server program itself, in a home of its own, on a port that the kernel chooses.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process process;

    private RealServer(Process process, TemporaryHome home, string listening)
    {
        this.process = process;
        Home = home;
        Listening = listening;
    }

    public TemporaryHome Home { get; }

    /// <summary>The line that says where it listens.</summary>
    public string Listening { get; }

    public int ProcessId => process.Id;

    public Uri Address => new(Listening[Listening.IndexOf("http://", StringComparison.Ordinal)..]);

    public static Task<RealServer> StartAsync() => StartAsync(new TemporaryHome());

    public static Task<RealServer> StartAsync(TemporaryHome home) => StartAsync(home, "--listen", "127.0.0.1:0");

    /// <summary>One that can start sandboxes: an installation has their PID 1 beside the server's folder.</summary>
    public static Task<RealServer> StartWithSandboxesAsync(TemporaryHome home, params string[] arguments)
    {
        var beside = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!;
        File.Copy(
            Path.Combine(RepositoryFile.Root, "artifacts/bin/libexec/caisson-init"),
            Path.Combine(beside, $"caisson-init.{Environment.ProcessId}"),
            overwrite: true
        );
        // In one step: an other test's sandbox may be running it.
        File.Move(Path.Combine(beside, $"caisson-init.{Environment.ProcessId}"), Path.Combine(beside, "caisson-init"), overwrite: true);
        return StartAsync(home, arguments);
    }

    public static async Task<RealServer> StartAsync(TemporaryHome home, params string[] arguments)
    {
        var program = Start(home.Path, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var line = await program.StandardOutput.ReadLineAsync(limit.Token);
        return line is null
            ? throw new InvalidOperationException(await program.StandardError.ReadToEndAsync(limit.Token))
            : new RealServer(program, home, line);
    }

    /// <summary>Runs it to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(TemporaryHome home, params string[] arguments) =>
        RunInAsync(home.Path, arguments);

    public static async Task<(int ExitCode, string Output, string Errors)> RunInAsync(string home, params string[] arguments)
    {
        using var program = Start(home, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var output = program.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = program.StandardError.ReadToEndAsync(limit.Token);
        await program.WaitForExitAsync(limit.Token);
        return (program.ExitCode, await output, await errors);
    }

    /// <summary>Over the Unix socket.</summary>
    public HttpClient OverSocket() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Home.File("caisson.sock")), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://caisson"),
        };

    /// <summary>Over TCP.</summary>
    public HttpClient OverTcp(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public string Token => File.ReadAllText(Home.File("token")).Trim();

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>Waits until it says that it stops.</summary>
    public async Task UnreadyAsync(HttpClient client)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                using var ready = await client.GetAsync("/readyz", limit.Token);
                if (!ready.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It takes no new connections any more.
                return;
            }
        }
    }

    /// <summary>Its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        process.Dispose();
        Home.Dispose();
    }

    private static Process Start(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "caisson-server"), ["serve", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("CAISSON_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["CAISSON_HOME"] = home;
        return Process.Start(start)!;
    }
}
