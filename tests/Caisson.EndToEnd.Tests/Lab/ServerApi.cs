using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>The server's HTTP API over its Unix socket, in plain JSON.</summary>
internal sealed class ServerApi(string home) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(Handler(home));
    private readonly HttpClient client = new(Handler(home)) { BaseAddress = new Uri("http://caisson/api/v1/"), Timeout = Command.Limit };

    internal ServerApi(Installation installation)
        : this(installation.Home) { }

    internal async Task<JsonNode> GetAsync(string path) => (await JsonNode.ParseAsync(await client.GetStreamAsync(path)))!;

    internal async Task<HttpResponseMessage> GetRawAsync(string path, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = range;
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <param name="expectContinue">Lets the server refuse before the content is sent.</param>
    internal async Task<(int Status, JsonNode? Body)> PostAsync(string path, HttpContent content, bool expectContinue = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = expectContinue;
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    internal async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Makes a terminal that runs a script; its id.</summary>
    internal async Task<string> CreateTerminalAsync(string workspace, string script)
    {
        var (status, body) = await SendAsync(
            HttpMethod.Post,
            $"workspaces/{workspace}/terminals",
            new
            {
                command = new[] { "/bin/bash", "-c", script },
                columns = 80,
                rows = 24,
            }
        );
        status.ShouldBe(201, body?.ToString());
        return (string)body!["id"]!;
    }

    internal async Task<ClientWebSocket> ConnectAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        using var limit = new CancellationTokenSource(Command.Limit);
        await socket.ConnectAsync(new Uri($"ws://caisson/api/v1/{path}"), invoker, limit.Token);
        return socket;
    }

    public void Dispose()
    {
        client.Dispose();
        invoker.Dispose();
    }

    private static SocketsHttpHandler Handler(string home) =>
        new()
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(home, "caisson.sock")), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            // A server that was replaced has another socket at the same path.
            PooledConnectionLifetime = TimeSpan.Zero,
        };
}
