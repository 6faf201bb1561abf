using System.Globalization;
using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;
using Caisson.Policy.Manifest;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Scanning.WebSockets;

/// <summary>What a program says over a WebSocket is looked through message by message, however its frames are cut and packed.</summary>
public sealed class WebSocketScanTests
{
    private const string Known = "vK8-s3cr3t+Value/91ZqLm";
    private const string Host = "ws.example";

    private static TestCredentials Credentials =>
        new TestCredentials().Add("deploy", "placeholder-7f3k9q2m5x8z", new InjectionScheme(InjectionKind.Bearer), Known, "own.example");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closes_AMessageWithAKnownValue_CutAnywhere(bool compressed)
    {
        await using var lab = await StartAsync(compressed ? "permessage-deflate" : null);
        var text = Encoding.ASCII.GetBytes($$"""{"note":"{{Known}}"}""");
        var count = 0;
        foreach (var segment in (int[])[int.MaxValue, 1])
        {
            for (var cut = 1; cut < text.Length; cut++)
            {
                await using var socket = await RawSocket.ConnectAsync(lab.Lab, Host, "permessage-deflate");
                var hello = "hello, I have nothing to hide"u8.ToArray();
                var honest = RawSocket.Message(compressed ? socket.Pack(hello) : hello, compressed);
                await socket.SendAsync(honest);
                var payload = compressed ? socket.Pack(text) : text;
                // Over frames, with a ping between them; or over segments of one byte, every one of which is a cut.
                byte[] message = [.. RawSocket.Message(payload, compressed, Math.Min(cut, payload.Length - 1), payload.Length - 1)];
                await socket.SendAsync(message, segment == 1 ? cut : segment);

                var (code, reason) = await socket.CloseAsync();

                code.ShouldBe(1008, $"cut at {cut}");
                reason.ShouldStartWith("secret_found: The value of credential deploy is in");
                Encoding.UTF8.GetByteCount(reason).ShouldBeLessThanOrEqualTo(123);
                var connection = lab.Server.Connections[count++];
                // What was honest came, then a masked close frame, and nothing else.
                await Eventually.HoldsAsync(() => connection.Received.Length >= honest.Length + 8);
                connection.Received.Length.ShouldBe(honest.Length + 8);
                connection.Received[..honest.Length].ShouldBe(honest);
                connection.Received[honest.Length].ShouldBe((byte)(RawSocket.Final | RawSocket.Close));
            }
        }
        var records = await lab.Lab.RecordsAsync(count);
        records.ShouldAllBe(record => record.Verdict == "deny" && record.Reason == "secret_found" && record.Protocol == "websocket");
        records.ShouldAllBe(record => record.Findings!.Single().Surface == "message");
        (await File.ReadAllTextAsync(Path.Combine(lab.Lab.Folder, "sb1.jsonl"))).ShouldNotContain(Known[4..16]);
    }

    [Theory]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate; client_no_context_takeover", false)]
    public async Task Passes_HonestBytes_AsTheyCame(string extensions, bool keepsContext)
    {
        await using var lab = await StartAsync(extensions);
        await using var socket = await RawSocket.ConnectAsync(
            lab.Lab,
            Host,
            "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits"
        );
        socket.Head.ShouldContain(extensions);
        var random = new Random(5);
        var sent = new MemoryStream();
        for (var message = 0; message < 60; message++)
        {
            var text = Encoding.ASCII.GetBytes(
                string.Concat(
                    Enumerable.Range(0, 1 << random.Next(14)).Select(n => (n * message).ToString(CultureInfo.InvariantCulture) + ' ')
                )
            );
            var compressed = random.Next(3) > 0;
            byte[] payload;
            if (!compressed)
                payload = text;
            else if (keepsContext)
                payload = socket.Pack(text);
            else
                await using (var alone = await RawSocket.ConnectAsync(lab.Lab, Host))
                    payload = alone.Pack(text);
            int[] cuts =
            [
                .. Enumerable
                    .Range(0, random.Next(5))
                    .Select(_ => random.Next(1, payload.Length + 1))
                    .Where(c => c < payload.Length)
                    .Distinct()
                    .Order(),
            ];
            byte[] bytes =
            [
                .. RawSocket.Message(payload, compressed, cuts),
                .. RawSocket.Frame(RawSocket.Final | RawSocket.Ping, "are you there"u8),
            ];
            sent.Write(bytes);
            await socket.SendAsync(bytes, random.Next(1, 5000));
        }
        var connection = lab.Server.Connections[0];
        connection.Offered.ShouldBe("permessage-deflate; client_max_window_bits");
        await Eventually.HoldsAsync(() => connection.Received.Length >= sent.Length);
        connection.Received.ShouldBe(sent.ToArray());

        var answer = RawSocket.Message(Encoding.ASCII.GetBytes("what comes back is not looked at: " + Known));
        await connection.SendAsync(answer);
        (await socket.ReadAsync(answer.Length)).ShouldBe(answer);
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", true)]
    public async Task Closes_TheSocketOfARealClient(string version, bool compressed)
    {
        var upstream = await TestUpstream.StartAsync([Host], ReceiveAsync);
        await using var lab = await Lab.StartAsync([Lab.Route(Host)], [upstream], Credentials);
        using var invoker = lab.Http(Version.Parse(version));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (compressed)
            socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(new Uri($"wss://{Host}/chat"), invoker, limit.Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);

        await socket.SendAsync(Encoding.ASCII.GetBytes(Known[..9]), WebSocketMessageType.Binary, false, limit.Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(Known[9..]), WebSocketMessageType.Binary, true, limit.Token);
        var received = await socket.ReceiveAsync(new byte[10], limit.Token);

        received.MessageType.ShouldBe(WebSocketMessageType.Close);
        received.CloseStatus.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        received.CloseStatusDescription.ShouldNotBeNull().ShouldStartWith("secret_found: The value of credential deploy");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        var record = (await lab.RecordsAsync(1)).ShouldHaveSingleItem();
        (record.Verdict, record.Reason, record.Status).ShouldBe(("deny", "secret_found", 403));
    }

    [Theory]
    [InlineData("long message", 1009, "too_large")]
    [InlineData("long message in frames", 1009, "too_large")]
    [InlineData("bomb", 1009, "too_large")]
    [InlineData("no mask", 1002, "structure")]
    [InlineData("unknown bits", 1002, "structure")]
    [InlineData("continuation of nothing", 1002, "structure")]
    [InlineData("last block", 1008, "undecodable")]
    [InlineData("no deflate", 1008, "undecodable")]
    [InlineData("ping", 1008, "secret_found")]
    [InlineData("two messages", 1008, "secret_found")]
    public async Task Closes_What(string kind, int expected, string reason)
    {
        await using var lab = await StartAsync("permessage-deflate");
        await using var socket = await RawSocket.ConnectAsync(lab.Lab, Host, "permessage-deflate");
        var known = Encoding.ASCII.GetBytes(Known);
        byte[] bytes = kind switch
        {
            "long message" => [0x82, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 1, 2, 3, 4],
            "long message in frames" =>
            [
                .. RawSocket.Frame(RawSocket.Text, new byte[1 << 20]),
                0x80,
                0xFF,
                0,
                0,
                0,
                0,
                0,
                0xF0,
                0,
                1,
                1,
                2,
                3,
                4,
            ],
            "bomb" => RawSocket.Message(socket.Pack(new byte[17 << 20]), true),
            "no mask" => RawSocket.Frame(RawSocket.Final | RawSocket.Text, "x"u8, masked: false),
            "unknown bits" => RawSocket.Frame(RawSocket.Final | RawSocket.Text | 0x20, "x"u8),
            "continuation of nothing" => RawSocket.Frame(RawSocket.Final, "x"u8),
            "last block" => RawSocket.Message([.. Whole("clean"u8), .. known], true),
            "no deflate" => RawSocket.Message([0xFF, 0xFF, 0xFF], true),
            "ping" => RawSocket.Frame(RawSocket.Final | RawSocket.Ping, known),
            _ => [.. RawSocket.Message(known.AsSpan(0, 10)), .. RawSocket.Message(known.AsSpan(10))],
        };

        await socket.SendAsync(bytes);

        var (code, text) = await socket.CloseAsync();
        code.ShouldBe(expected);
        text.ShouldStartWith(reason + ": ");
        (await lab.Lab.RecordsAsync(1))[0].Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Closes_BetweenTwoFramesOfTheServer()
    {
        await using var lab = await StartAsync(null, staysOpen: true);
        await using var socket = await RawSocket.ConnectAsync(lab.Lab, Host);
        var answer = RawSocket.Frame(RawSocket.Final | RawSocket.Text, "one answer of the server"u8, masked: false);
        await Eventually.HoldsAsync(() => lab.Server.Connections.Count == 1);
        var server = lab.Server.Connections[0];
        await server.SendAsync(answer[..7]);
        (await socket.ReadAsync(7)).ShouldBe(answer[..7]);

        await socket.SendAsync(RawSocket.Message(Encoding.ASCII.GetBytes(Known)));
        await Eventually.HoldsAsync(() => server.Received.Length == 8);
        await server.SendAsync([.. answer[7..], .. answer]);

        (await socket.ReadAsync(answer.Length - 7)).ShouldBe(answer[7..]);
        (await socket.CloseAsync()).Code.ShouldBe(1008);
    }

    [Fact]
    public async Task Records_WhatARouteLetsPass()
    {
        var warned = Lab.Route(
            Host,
            route =>
                route with
                {
                    Detect = new DetectSettings
                    {
                        OnMatch = new Setting<DetectAction>(DetectAction.Warn, new Origin(Layer.Policy, "test.md", 7)),
                    },
                }
        );
        await using var lab = await StartAsync(null, warned);
        var message = RawSocket.Message(Encoding.ASCII.GetBytes("xx" + Known));
        await using (var socket = await RawSocket.ConnectAsync(lab.Lab, Host))
        {
            await socket.SendAsync(message);
            await Eventually.HoldsAsync(() => lab.Server.Connections is [var only] && only.Received.Length == message.Length);
        }
        var record = (await lab.Lab.RecordsAsync(1))[0];
        record.Verdict.ShouldBe("allow");
        var finding = record.Findings.ShouldNotBeNull().ShouldHaveSingleItem();
        (finding.Surface, finding.Start, finding.Action).ShouldBe(("message", 2, "warn"));
        record.RequestBytes.ShouldBe(message.Length);
    }

    [Fact]
    public async Task Denies_AnExtensionThatNobodyCanRead()
    {
        await using var lab = await StartAsync("x-own-compression");
        await using var socket = await RawSocket.ConnectAsync(lab.Lab, Host, "x-own-compression");

        socket.Head.ShouldStartWith("HTTP/1.1 403");

        (await lab.Lab.RecordsAsync(1))[0].Reason.ShouldBe("undecodable");
    }

    private static byte[] Whole(ReadOnlySpan<byte> text)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(text);
        return packed.ToArray();
    }

    private static async Task ReceiveAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
        var buffer = new byte[8192];
        while ((await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            continue;
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
    }

    private static async Task<SocketLab> StartAsync(string? extensions, Route? route = null, bool staysOpen = false)
    {
        var server = new RawServer { Extensions = extensions, StaysOpen = staysOpen };
        var upstream = await TestUpstream.StartAsync([Host], server.HandleAsync);
        return new SocketLab(await Lab.StartAsync([route ?? Lab.Route(Host)], [upstream], Credentials), server);
    }

    private sealed record SocketLab(Lab Lab, RawServer Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }
}
