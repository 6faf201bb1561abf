using System.Net;
using System.Net.WebSockets;
using System.Text;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Http;

public sealed class WebSocketTests
{
    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    public async Task Passes_MessagesBothWays_WithTheCredentialInTheHandshake(string version, bool http1Only)
    {
        var upstream = await TestUpstream.StartAsync(
            ["ws.example"],
            EchoAsync,
            protocols: http1Only
                ? Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1
                : Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1AndHttp2
        );
        var credentials = new TestCredentials().Add(
            "key",
            "sk-placeholder-1",
            new InjectionScheme(InjectionKind.Bearer),
            "sk-real",
            "ws.example"
        );
        await using var lab = await Lab.StartAsync([Lab.Route("ws.example", r => r with { Credential = "key" })], [upstream], credentials);
        using var invoker = lab.Http(Version.Parse(version));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.SetRequestHeader("Authorization", "Bearer sk-placeholder-1");
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        await socket.ConnectAsync(new Uri("wss://ws.example/echo?a=1"), invoker, limit.Token);
        foreach (var text in new[] { "one", new string('x', 100_000) })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, limit.Token);
            (await ReceiveAsync(socket, limit.Token)).ShouldBe(text);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", limit.Token);

        var seen = upstream.Requests.ShouldHaveSingleItem();
        seen.Headers["Authorization"].ShouldBe("Bearer sk-real");
        seen.Headers["Sec-WebSocket-Extensions"].ShouldContain("permessage-deflate");
        var record = (await lab.RecordsAsync(1))[0];
        (record.Protocol, record.Verdict, record.Method).ShouldBe(("websocket", "allow", "GET"));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Denies_AWebSocket_ByTheSameRules(string version)
    {
        await using var lab = await Lab.StartAsync([]);
        using var invoker = lab.Http(Version.Parse(version));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;

        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(new Uri("wss://ws.example/"), invoker, default));

        socket.HttpStatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var record = lab.Records.ShouldHaveSingleItem();
        (record.Reason, record.Method).ShouldBe(("no_route", "GET"));
    }

    [Fact]
    public async Task Keeps_ASilentSocket_UntilTheIdleLimit()
    {
        var upstream = await TestUpstream.StartAsync(["ws.example"], EchoAsync);
        await using var lab = await Lab.StartAsync(
            [Lab.Route("ws.example")],
            [upstream],
            timeouts: new GatewayTimeouts { Idle = TimeSpan.FromMilliseconds(400) }
        );
        using var invoker = lab.Http();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("wss://ws.example/"), invoker, default);

        await Should.ThrowAsync<WebSocketException>(() =>
            ReceiveAsync(socket, new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token)
        );
    }

    private static async Task<string> ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        var all = new MemoryStream();
        var buffer = new byte[8192];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            all.Write(buffer, 0, result.Count);
        } while (!result.EndOfMessage);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
        var buffer = new byte[8192];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
                return;
            }
            await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, context.RequestAborted);
        }
    }
}
