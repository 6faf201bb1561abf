using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Workspaces;

/// <summary>A fresh installation with the real server and its REST API over the Unix socket, as `curl --unix-socket` has it.</summary>
internal sealed class WorkspaceHome : IAsyncDisposable
{
    private readonly BareHome _home = new();
    private HttpClient _client = new();
    private Process? _server;

    internal string Path => _home.Path;

    internal static async Task<WorkspaceHome> StartAsync(Action<BareHome>? prepare = null)
    {
        var home = new WorkspaceHome();
        prepare?.Invoke(home._home);
        await home.ServeAsync();
        return home;
    }

    internal async Task ServeAsync()
    {
        _server = Process.Start(
            Command.Describe(
                Programs.Server,
                ["serve"],
                Path,
                new Dictionary<string, string?>(StringComparer.Ordinal) { ["CAISSON_HOME"] = Path }
            )
        )!;
        _server.StandardInput.Close();
        var errors = _server.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Command.Limit);
        if (
            await _server.StandardOutput.ReadLineAsync(limit.Token) is not { } line
            || !line.StartsWith("listening", StringComparison.Ordinal)
        )
            throw new InvalidOperationException($"The server did not start: {await errors}");
        _client.Dispose();
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri("http://localhost"),
        };
    }

    /// <summary>Ends the server with a signal; its exit code.</summary>
    internal async Task<int> EndAsync(string signal)
    {
        (await Command.RunAsync("kill", $"-{signal}", $"{_server!.Id}")).ShouldSucceed();
        using var limit = new CancellationTokenSource(Command.Limit);
        await _server.WaitForExitAsync(limit.Token);
        var code = _server.ExitCode;
        _server.Dispose();
        _server = null;
        return code;
    }

    internal async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? json = null, string? header = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (header?.Split(": ", 2) is [var name, var value])
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonNode.Parse(text) : JsonValue.Create(text));
    }

    /// <summary>The <c>caisson</c> command of this installation.</summary>
    internal Task<Outcome> RunAsync(params string[] arguments) => _home.RunAsync(arguments);

    /// <summary>Where a browser is sent that opens a page; null: nowhere else.</summary>
    internal async Task<string?> RedirectAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await _client.SendAsync(request);
        return response.Headers.Location?.OriginalString;
    }

    internal async Task<JsonNode> GetAsync(string path)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path);
        status.ShouldBe(200, body?.ToJsonString());
        return body!;
    }

    /// <summary>Asks for something that becomes a job, and waits for its end.</summary>
    internal async Task<JsonNode> DoAsync(HttpMethod method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        status.ShouldBe(202, body?.ToJsonString());
        return await EndOfAsync((string)body!["job"]!["id"]!);
    }

    /// <summary>Follows the job's own stream to its end, as the page does.</summary>
    internal async Task<JsonNode> EndOfAsync(string job)
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        await using var stream = await _client.GetStreamAsync($"/api/v1/jobs/{job}/events", limit.Token);
        using var reader = new StreamReader(stream);
        JsonNode? last = null;
        for (var type = ""; await reader.ReadLineAsync(limit.Token) is { } line; )
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (type == "job" && line.StartsWith("data: ", StringComparison.Ordinal))
                last = JsonNode.Parse(line[6..]);
        }
        return last!;
    }

    internal IReadOnlyList<string> Sandboxes() =>
        [
            .. Directory
                .EnumerateDirectories(System.IO.Path.Combine(Path, "sandboxes"))
                .Select(directory => System.IO.Path.GetFileName(directory)),
        ];

    /// <summary>Of one sandbox: where its user's files are.</summary>
    internal string HomeOf(string sandbox) => System.IO.Path.Combine(Path, "sandboxes", sandbox, "home");

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            await ServeAsync();
        foreach (var workspace in (await GetAsync("/workspaces?limit=200"))["items"]!.AsArray())
            await SendAsync(HttpMethod.Delete, $"/workspaces/{workspace!["id"]}?force=true");
        foreach (var sandbox in (await GetAsync("/sandboxes"))["items"]!.AsArray())
            await SendAsync(HttpMethod.Delete, $"/sandboxes/{sandbox!["id"]}");
        await EndAsync("TERM");
        _client.Dispose();
        await _home.DisposeAsync();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(System.IO.Path.Combine(Path, "caisson.sock")), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
