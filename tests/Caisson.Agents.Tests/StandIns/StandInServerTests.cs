using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Caisson.VendorStandIns;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.Agents.Tests.StandIns;

/// <summary>What the end-to-end tests rely on: the stand-ins take the real key only, and speak what the vendors publish.</summary>
public sealed class StandInServerTests : IAsyncLifetime
{
    private static readonly VendorKeys Keys = new("real-anthropic", "real-openai");
    private StandInServer server = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        server = await StandInServer.StartAsync(new StandInOptions(new IPEndPoint(IPAddress.Loopback, 0), Keys));
        client = new HttpClient(Handler()) { DefaultRequestVersion = HttpVersion.Version20 };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("https://api.anthropic.com/v1/messages", "x-api-key", "real-anthropic", HttpStatusCode.OK)]
    [InlineData("https://api.anthropic.com/v1/messages", "Authorization", "Bearer real-anthropic", HttpStatusCode.OK)]
    [InlineData("https://api.anthropic.com/v1/messages", "x-api-key", "real-openai", HttpStatusCode.Unauthorized)]
    [InlineData("https://api.anthropic.com/v1/messages", "x-api-key", "", HttpStatusCode.Unauthorized)]
    [InlineData("https://api.openai.com/v1/responses", "Authorization", "Bearer real-openai", HttpStatusCode.OK)]
    [InlineData("https://api.openai.com/v1/responses", "Authorization", "Bearer placeholder", HttpStatusCode.Unauthorized)]
    public async Task TakesTheRealKeyAlone_AndLogsNone(string url, string header, string value, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Version = HttpVersion.Version20, Content = Body() };
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(status);
        var seen = server.Seen.ShouldHaveSingleItem();
        seen.Protocol.ShouldBe("HTTP/2");
        seen.ToString().ShouldNotContain("real-");
        seen.KeyFingerprint.ShouldBe(VendorKeys.Fingerprint(value.Replace("Bearer ", "")));
    }

    [Theory]
    [InlineData("https://api.anthropic.com/v1/messages", "message_start message_stop")]
    [InlineData("https://api.openai.com/v1/responses", "response.created response.completed")]
    public async Task StreamsEvents_FromTheFirstToTheLast(string url, string firstAndLast)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = Body(stream: true) };
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            url.Contains("anthropic") ? "Bearer real-anthropic" : "Bearer real-openai"
        );

        using var response = await client.SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        var events = text.Split('\n')
            .Where(line => line.StartsWith("event: ", StringComparison.Ordinal))
            .Select(line => line[7..])
            .ToArray();
        $"{events[0]} {events[^1]}".ShouldBe(firstAndLast);
    }

    [Fact]
    public async Task SpeaksOverAWebSocket()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer real-openai");
        using var invoker = new HttpMessageInvoker(Handler());
        await socket.ConnectAsync(new Uri("wss://api.openai.com/v1/responses"), invoker, CancellationToken.None);
        var order = """{"type":"response.create","model":"m","input":[{"role":"user","content":"hello"}]}"""u8;
        await socket.SendAsync(order.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);

        var buffer = new byte[16 * 1024];
        var types = new List<string>();
        while (types.LastOrDefault() != "response.completed")
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            types.Add((string)JsonNode.Parse(buffer.AsSpan(0, received.Count))!["type"]!);
        }

        types[0].ShouldBe("response.created");
        types.ShouldContain("response.output_text.delta");
    }

    [Fact]
    public async Task WritesDownWhoeverAsksForAnotherHost()
    {
        using var response = await client.GetAsync("https://telemetry.example/collect");

        response.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
        server.Seen.ShouldHaveSingleItem().Host.ShouldBe("telemetry.example");
    }

    private static JsonContent Body(bool stream = false) =>
        JsonContent.Create(
            new JsonObject
            {
                ["model"] = "m",
                ["stream"] = stream,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }),
                ["input"] = "hello",
            }
        );

    /// <summary>Every name leads to the stand-ins, and only their authority is trusted.</summary>
    private SocketsHttpHandler Handler()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPem(server.CaPem);
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(server.EndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
    }
}
