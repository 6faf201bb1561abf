using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Caisson.Bench.Start;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>The product: a real server, real sandboxes with at most ten terminals each, WebSockets over TCP as a browser has them.</summary>
internal sealed class CaissonPeer : IPeer
{
    private const int PerSandbox = 10;
    private readonly string _caisson;
    private readonly int _port;
    private readonly BenchServer _server;
    private readonly string _token;
    private readonly List<Process> _runs = [];
    private readonly List<string> _sandboxes = [];
    private readonly List<string> _terminals = [];

    private CaissonPeer(string caisson, int port, BenchServer server)
    {
        (_caisson, _port, _server) = (caisson, port, server);
        _token = File.ReadAllText(Path.Combine(server.Home, "token")).Trim();
    }

    public string Name => "caisson";

    internal BenchServer Server => _server;

    internal static async Task<CaissonPeer> StartAsync(string caisson, int port) =>
        new(caisson, port, await BenchServer.StartAsync(caisson, $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"));

    public async Task<IView> OpenAsync(string script) => await ViewAsync(await CreateAsync(script), "0");

    public Task StartAsync(string script) => CreateAsync(script);

    /// <summary>Looks at a terminal over TCP.</summary>
    internal async Task<CaissonView> ViewAsync(string terminal, string from)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_token}");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_port}/api/v1/terminals/{terminal}/ws"), CancellationToken.None);
        return await BeginAsync(socket, from);
    }

    /// <summary>Looks at a terminal over the Unix socket, where no limit of sockets a minute holds.</summary>
    internal async Task<CaissonView> LocalViewAsync(string terminal, string from)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        await socket.ConnectAsync(new Uri($"ws://caisson/api/v1/terminals/{terminal}/ws"), _server.Http, CancellationToken.None);
        return await BeginAsync(socket, from);
    }

    internal async Task<string> CreateAsync(string script)
    {
        if (_terminals.Count == _sandboxes.Count * PerSandbox)
            await RunAsync();
        using var answer = await _server.Http.PostAsJsonAsync(
            $"workspaces/{_sandboxes[^1]}/terminals",
            new
            {
                command = new[] { "/bin/bash", "-c", script },
                columns = 120,
                rows = 40,
            }
        );
        var text = await answer.Content.ReadAsStringAsync();
        var id = answer.IsSuccessStatusCode ? (string)JsonNode.Parse(text)!["id"]! : throw new InvalidOperationException(text);
        _terminals.Add(id);
        return id;
    }

    public async Task ClearAsync()
    {
        foreach (var run in _runs)
        {
            run.Kill();
            await run.WaitForExitAsync();
            run.Dispose();
        }
        foreach (var sandbox in _sandboxes)
            (await _server.Http.DeleteAsync($"sandboxes/{sandbox}")).Dispose();
        _runs.Clear();
        _sandboxes.Clear();
        _terminals.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await ClearAsync();
        await _server.DisposeAsync();
    }

    private static async Task<CaissonView> BeginAsync(ClientWebSocket socket, string from)
    {
        var view = new CaissonView(socket);
        await view.AttachAsync(from);
        return view;
    }

    private async Task RunAsync()
    {
        var start = new ProcessStartInfo(_caisson)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var name = $"bench-{_sandboxes.Count}";
        foreach (var argument in new[] { "run", "--yes", "--rm", "--name", name, "--", "sh", "-c", "echo ready; exec sleep 100000" })
            start.ArgumentList.Add(argument);
        start.Environment["CAISSON_HOME"] = _server.Home;
        start.WorkingDirectory = _server.Home;
        var process = Process.Start(start)!;
        _runs.Add(process);
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "ready") { }
        var sandboxes = JsonNode.Parse(await _server.Http.GetStringAsync("sandboxes"))!["items"]!.AsArray();
        _sandboxes.Add((string)sandboxes.Single(sandbox => (string?)sandbox!["name"] == name)!["id"]!);
    }
}
