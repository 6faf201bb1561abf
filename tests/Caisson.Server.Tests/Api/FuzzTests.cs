using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Tests.Api;

/// <summary>Whatever is sent: no 500, no dead server, nothing in its log that is a bug's.</summary>
public sealed class FuzzTests(FuzzTests.Running running) : IClassFixture<FuzzTests.Running>
{
    private const int Seed = 20260301;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>What would really run programs of this machine, or wait for their end: they are asked with bodies that can't be read only.</summary>
    private static readonly string[] Real = ["runSandbox", "finishSandbox", "installAgent", "planSandbox", "signOut"];

    /// <summary>One server with one workspace for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal ServerLab Lab { get; private set; } = null!;
        internal string Terminal { get; private set; } = "";
        internal string Workspace { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Lab = await ServerLab.StartAsync();
            var workspace = await Lab.RunningWorkspaceAsync(Lab.Identity.Users.FindByAddress("local")!, "fuzz");
            (Workspace, Terminal) = (workspace.Id, (await Lab.TerminalAsync(workspace)).Id);
        }

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }

    [Fact]
    public async Task TenThousandRequests_AreAnswered_AndNoneIsABug()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = running.Lab.Local();
        // One of its own: it will be stopped, renamed, deleted.
        var workspace = await running.Lab.RunningWorkspaceAsync(running.Lab.Identity.Users.FindByAddress("local")!, "requests");
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        var operations = ApiOperation.All(document).Where(operation => !Real.Contains(operation.Id)).ToList();
        var places = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workspaces"] = workspace.Id,
            ["jobs"] = workspace.Job!,
            ["terminals"] = (await running.Lab.TerminalAsync(workspace)).Id,
            ["templates"] = "default",
        };
        var bad = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = limit.Token },
            async (part, cancellation) =>
            {
                var hostile = new Hostile(Seed + part, operations, places);
                for (var count = 0; count < 500; count++)
                {
                    using var request = hostile.Next();
                    var status = await SendAsync(client, request, bad, cancellation);
                    statuses.AddOrUpdate(status, 1, (_, seen) => seen + 1);
                }
            }
        );

        bad.ShouldBeEmpty();
        statuses.Values.Sum().ShouldBe(10_000);
        // It went deep: requests were refused for what they say, not only for how they look.
        statuses.Keys.ShouldContain(422);
        statuses[200].ShouldBeGreaterThan(100);
        (await client.GetStringAsync("/livez", limit.Token)).ShouldBe("ok\n");
        running.Lab.Log.Bad.ShouldBeEmpty();
    }

    [Fact]
    public async Task AThousandFrames_EndTheirSocketsInWords_AndNoTerminal()
    {
        using var limit = new CancellationTokenSource(Limit);
        var hostile = new Hostile(Seed, [], new Dictionary<string, string>());
        for (var connection = 0; connection < 50; connection++)
        {
            using var socket = await ConnectAsync(limit.Token);
            if (connection % 2 == 0)
                await socket.SendAsync(Attach(), WebSocketMessageType.Binary, true, limit.Token);
            var reading = ReadToEndAsync(socket, limit.Token);
            for (var frame = 0; frame < 20 && socket.State == WebSocketState.Open; frame++)
            {
                try
                {
                    await socket.SendAsync(hostile.Frame(), WebSocketMessageType.Binary, true, limit.Token);
                }
                catch (WebSocketException)
                {
                    break; // Closed for the one before.
                }
            }
            if (socket.State == WebSocketState.Open)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            await reading;
        }

        using var client = running.Lab.Local();
        (await client.GetStringAsync($"/api/v1/terminals/{running.Terminal}", limit.Token)).ShouldContain("\"running\"");
        running.Lab.Log.Bad.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET /api/v1/me HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET  /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/me\0 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/v1/me HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData(
        "POST /api/v1/auth/link HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
    )]
    [InlineData("POST /api/v1/auth/link HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n")]
    [InlineData(
        "POST /api/v1/auth/link HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\nConnection: close\r\n\r\nzz\r\n\r\n"
    )]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \u0001\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nConnection: close\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task BytesThatAreNoRequest_AreRefused_WithoutAWordInTheLog(string request)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(running.Lab.Address.Host, running.Lab.Address.Port, limit.Token);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        tcp.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        var answer = await ReadAsync(reader, limit.Token);
        if (answer.StartsWith("HTTP/", StringComparison.Ordinal))
            (answer.Split(' ')[1] is ['4', ..] or "505").ShouldBeTrue(answer);
        using var client = running.Lab.Local();
        (await client.GetStringAsync("/livez", limit.Token)).ShouldBe("ok\n");
        running.Lab.Log.Bad.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileNames_AreRefused_OrComeBackAsTheyWere()
    {
        using var client = running.Lab.Local();
        var hostile = new Hostile(Seed, [], new Dictionary<string, string>());
        for (var count = 0; count < 200; count++)
        {
            var text = hostile.Text();
            using var read = await client.GetAsync($"/api/v1/workspaces/{running.Workspace}");
            using var rename = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/workspaces/{running.Workspace}");
            rename.Headers.TryAddWithoutValidation("If-Match", read.Headers.ETag!.ToString());
            rename.Content = Json(new JsonObject { ["title"] = text });
            await CheckAsync(await client.SendAsync(rename), "title", text);
            var label = Json(new JsonObject { ["label"] = text });
            await CheckAsync(await client.PatchAsync($"/api/v1/terminals/{running.Terminal}", label), "label", text.Trim());
            var made = Json(new JsonObject { ["template"] = "default", ["name"] = text });
            using var create = await client.PostAsync("/api/v1/workspaces", made);
            if (
                !text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
                || text.Length is 0 or > 32
            )
                ((int)create.StatusCode).ShouldBeInRange(400, 422, text);
            using var token = await client.PostAsync(
                "/api/v1/me/tokens",
                Json(new JsonObject { ["name"] = text, ["scopes"] = new JsonArray(text) })
            );
            ((int)token.StatusCode).ShouldBeInRange(400, 422, text);
        }
        running.Lab.Log.Bad.ShouldBeEmpty();
    }

    private static async Task CheckAsync(HttpResponseMessage response, string member, string text)
    {
        using (response)
        {
            var answer = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode is 400 or 422)
                return;
            ((int)response.StatusCode).ShouldBe(200, answer);
            JsonNode.Parse(answer)![member]!.ToString().ShouldBe(text);
            text.ShouldNotContain('\u001b');
            text.ShouldNotContain('\n');
        }
    }

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<int> SendAsync(
        HttpClient client,
        HttpRequestMessage request,
        ConcurrentQueue<string> bad,
        CancellationToken cancellation
    )
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellation);
        var said = $"{request.Method} {request.RequestUri} {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, 300)))}";
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var status = (int)response.StatusCode;
        var media = response.Content.Headers.ContentType?.MediaType;
        var text = media == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync(cancellation);
        // 502 and 503 tell of a workspace that another of these requests is stopping.
        if (status == 500 || (status >= 500 && media != "application/problem+json"))
            bad.Enqueue($"{said}: {status} {text}");
        else if (media == "application/problem+json" && text.Length > 0)
        {
            var code = JsonNode.Parse(text)!["code"]!.ToString();
            if (!ProblemCodes.All.ContainsKey(code))
                bad.Enqueue($"{said}: the code {code} is not described");
        }
        return status;
    }

    private async Task<ClientWebSocket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {ServerLab.Token}");
        await socket.ConnectAsync(new Uri($"ws://{running.Lab.Address.Authority}/api/v1/terminals/{running.Terminal}/ws"), cancellation);
        return socket;
    }

    private static byte[] Attach() => [(byte)Caisson.Terminals.Wire.Opcode.Attach, .. """{"version":1,"from":"live"}"""u8];

    private static async Task ReadToEndAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer, cancellation)).MessageType != WebSocketMessageType.Close) { }
        }
        catch (WebSocketException)
        {
            // The server ended the connection: that is an answer, too.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadToEndAsync(cancellation);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
