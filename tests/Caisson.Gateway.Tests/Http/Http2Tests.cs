using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Text;
using Caisson.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Http;

/// <summary>HTTP/2 in raw frames (RFC 9113). Conformance as such is h2spec's job; this is about floods and about what lies beyond one stream.</summary>
public sealed class Http2Tests
{
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte Continuation = 9;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    [Fact]
    public async Task Ends_AConnection_ThatResetsStreamsRapidly_AndServesTheOthers()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var good = await TestUpstream.StartAsync("good.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example"), Lab.Route("good.example")], [upstream, good]);
        await using var flood = await OpenAsync(lab);
        using var http = lab.Http(HttpVersion.Version20);
        await http.GetAsync("https://good.example/");

        var last = await FloodAsync(flood);

        last.ShouldBe(GoAway);
        (await http.GetAsync("https://good.example/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ends_AConnection_ThatFloodsContinuations()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);
        await using var flood = await OpenAsync(lab);
        await WriteAsync(flood, Headers, EndStream, 1, Head());
        try
        {
            for (var i = 0; i < 40; i++)
                await WriteAsync(flood, Continuation, 0, 1, Literal("x-" + i, new string('a', 4000)));
        }
        catch (IOException)
        {
            // It was ended while we still wrote.
        }

        (await ReadUntilEndAsync(flood)).ShouldContain(GoAway);
    }

    [Fact]
    public async Task Ends_AConnection_WhoseHeadersAreTooLarge()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);
        await using var flood = await OpenAsync(lab);
        await WriteAsync(flood, Headers, EndStream, 1, Head());
        try
        {
            for (var i = 0; i < 12; i++)
                await WriteAsync(flood, Continuation, (byte)(i == 11 ? EndHeaders : 0), 1, Literal("x-" + i, new string('a', 15_000)));
        }
        catch (IOException)
        {
            // It was ended while we still wrote.
        }

        (await ReadUntilEndAsync(flood, stopAt: GoAway)).ShouldContain(GoAway);
    }

    // Raw, because a client that has seen our limit by then refuses to send such headers at all.
    [Fact]
    public async Task Answers_431_ToHeadersJustAboveTheLimit()
    {
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")]);
        await using var stream = await OpenAsync(lab);
        await WriteAsync(stream, Headers, EndStream, 1, Head());
        for (var i = 0; i < 10; i++)
            await WriteAsync(stream, Continuation, (byte)(i == 9 ? EndHeaders : 0), 1, Literal("x-" + i, new string('a', 7_000)));

        Encoding.ASCII.GetString(await ReadFrameAsync(stream, Headers)).ShouldContain("431");
    }

    [Fact]
    public async Task Passes_TrailersOfAnAnswer()
    {
        var upstream = await TestUpstream.StartAsync(
            ["h.example"],
            async context =>
            {
                context.Response.DeclareTrailer("grpc-status");
                await context.Response.WriteAsync("message");
                context.Response.AppendTrailer("grpc-status", "0");
            }
        );
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http(HttpVersion.Version20);

        var answer = await http.GetAsync("https://h.example/");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("message");
        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
    }

    [Fact]
    public async Task Speaks_Http2_ToAServerThatOffersIt_AlsoWithInjection_AndHttp1ToOneThatDoesNot()
    {
        var both = await TestUpstream.StartAsync("both.example");
        var old = await TestUpstream.StartAsync(
            ["old.example"],
            handler: null,
            protocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1
        );
        var credentials = new TestCredentials()
            .Add("a", "placeholder-a", new(Credentials.InjectionKind.Bearer), "real", "both.example")
            .Add("b", "placeholder-b", new(Credentials.InjectionKind.Bearer), "real", "old.example");
        await using var lab = await Lab.StartAsync(
            [Lab.Route("both.example", r => r with { Credential = "a" }), Lab.Route("old.example", r => r with { Credential = "b" })],
            [both, old],
            credentials
        );
        using var http = lab.Http(HttpVersion.Version20);

        (await http.PostAsync("https://both.example/", new StringContent("x"))).Version.ShouldBe(HttpVersion.Version20);
        (await http.PostAsync("https://old.example/", new StringContent("x"))).Version.ShouldBe(HttpVersion.Version20);

        both.Requests.ShouldHaveSingleItem().Protocol.ShouldBe("HTTP/2");
        old.Requests.ShouldHaveSingleItem().Protocol.ShouldBe("HTTP/1.1");
        old.Requests[0].Headers["Authorization"].ShouldBe("Bearer real");
    }

    [Fact]
    public async Task Serves_ClearHttp2_WithPriorKnowledge()
    {
        var upstream = await TestUpstream.StartAsync(["h.example"], handler: null, tls: false);
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http(HttpVersion.Version20);

        var answer = await http.GetAsync("http://h.example/clear");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Version.ShouldBe(HttpVersion.Version20);
    }

    private static async Task<byte> FloodAsync(SslStream stream)
    {
        var types = ReadUntilEndAsync(stream, stopAt: GoAway);
        var code = new byte[4];
        code[3] = 8; // CANCEL
        try
        {
            for (var id = 1; id < 20_000 && !types.IsCompleted; id += 2)
            {
                await WriteAsync(stream, Headers, EndStream | EndHeaders, id, Head());
                await WriteAsync(stream, Reset, 0, id, code);
            }
        }
        catch (IOException)
        {
            // It was ended while we still wrote.
        }
        return (await types)[^1];
    }

    private static async Task<SslStream> OpenAsync(Lab lab)
    {
        var stream = await lab.Client("h.example").ConnectTlsAsync(protocol: SslApplicationProtocol.Http2);
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await WriteAsync(stream, Settings, 0, 0, []);
        return stream;
    }

    private static async Task WriteAsync(Stream stream, byte type, byte flags, int id, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, 9);
        await stream.WriteAsync(frame);
    }

    private static async Task<List<byte>> ReadUntilEndAsync(Stream stream, byte? stopAt = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var types = new List<byte>();
        var head = new byte[9];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(head, limit.Token);
                await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8], limit.Token);
                types.Add(head[3]);
                if (head[3] == stopAt)
                    return types;
            }
        }
        catch (IOException)
        {
            return types;
        }
    }

    /// <summary>The payload of the first frame of this type.</summary>
    private static async Task<byte[]> ReadFrameAsync(Stream stream, byte type)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(head, limit.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
            await stream.ReadExactlyAsync(payload, limit.Token);
            if (head[3] == type)
                return payload;
        }
    }

    /// <summary>GET https://h.example/ by the static table of RFC 7541.</summary>
    private static byte[] Head() => [0x82, 0x87, 0x84, 0x41, 9, .. "h.example"u8];

    private static byte[] Literal(string name, string value)
    {
        var bytes = new List<byte> { 0, (byte)name.Length };
        bytes.AddRange(Encoding.ASCII.GetBytes(name));
        bytes.Add(127);
        for (var rest = value.Length - 127; ; rest >>= 7)
        {
            if (rest < 128)
            {
                bytes.Add((byte)rest);
                break;
            }
            bytes.Add((byte)(rest & 0x7f | 0x80));
        }
        bytes.AddRange(Encoding.ASCII.GetBytes(value));
        return [.. bytes];
    }
}
