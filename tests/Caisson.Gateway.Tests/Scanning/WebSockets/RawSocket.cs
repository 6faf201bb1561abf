using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Caisson.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Tests.Scanning.WebSockets;

/// <summary>A WebSocket client that writes its frames itself, byte by byte where a test wants that.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    public const byte Final = 0x80;
    public const byte Compressed = 0x40;
    public const byte Text = 1;
    public const byte Close = 8;
    public const byte Ping = 9;

    private readonly MemoryStream packed = new();
    private readonly DeflateStream deflate;
    private readonly Stream stream;

    private RawSocket(Stream stream)
    {
        this.stream = stream;
        deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true);
    }

    /// <summary>The answer's head.</summary>
    public required string Head { get; init; }

    public static async Task<RawSocket> ConnectAsync(Lab lab, string host, string? extensions = null)
    {
        var connection = await lab.Client(host).ConnectTlsAsync();
        await connection.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /chat HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + $"Sec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\n"
                    + (extensions is null ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")
                    + "\r\n"
            )
        );
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await connection.ReadAsync(one) > 0)
            head.Append((char)one[0]);
        return new RawSocket(connection) { Head = head.ToString() };
    }

    /// <summary>A frame as a client sends it.</summary>
    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, bool masked = true)
    {
        var frame = new MemoryStream();
        frame.WriteByte((byte)first);
        var mask = (byte)(masked ? 0x80 : 0);
        Span<byte> size = stackalloc byte[8];
        if (payload.Length < 126)
        {
            frame.WriteByte((byte)(mask | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.WriteByte((byte)(mask | 126));
            BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)payload.Length);
            frame.Write(size[..2]);
        }
        else
        {
            frame.WriteByte((byte)(mask | 127));
            BinaryPrimitives.WriteInt64BigEndian(size, payload.Length);
            frame.Write(size);
        }
        var key = masked ? RandomNumberGenerator.GetBytes(4) : new byte[4];
        if (masked)
            frame.Write(key);
        for (var at = 0; at < payload.Length; at++)
            frame.WriteByte((byte)(payload[at] ^ key[at & 3]));
        return frame.ToArray();
    }

    /// <summary>A message of frames that are cut at the given places of its payload.</summary>
    public static byte[] Message(ReadOnlySpan<byte> payload, bool compressed = false, params int[] cuts)
    {
        var frames = new MemoryStream();
        var first = Text | (compressed ? Compressed : 0);
        int start = 0;
        foreach (var cut in (int[])[.. cuts, payload.Length])
        {
            frames.Write(Frame((cut == payload.Length ? Final : 0) | (start == 0 ? first : 0), payload[start..cut]));
            start = cut;
        }
        return frames.ToArray();
    }

    /// <summary>What permessage-deflate makes of a message, with those before it as dictionary.</summary>
    public byte[] Pack(ReadOnlySpan<byte> text)
    {
        packed.SetLength(0);
        deflate.Write(text);
        deflate.Flush();
        return packed.ToArray()[..^4];
    }

    public async Task SendAsync(byte[] bytes, int piece = int.MaxValue)
    {
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
            piece = Math.Min(piece, bytes.Length);
        }
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }

    /// <summary>Reads the close frame that comes next and answers it.</summary>
    public async Task<(int Code, string Reason)> CloseAsync()
    {
        var head = await ReadAsync(2);
        head[0].ShouldBe((byte)(Final | Close));
        var payload = await ReadAsync(head[1]);
        head[1].ShouldBeLessThanOrEqualTo((byte)125);
        try
        {
            await stream.WriteAsync(Frame(Final | Close, payload.AsSpan(0, 2)));
        }
        catch (IOException)
        {
            // The gateway did not wait for the answer.
        }
        return (BinaryPrimitives.ReadUInt16BigEndian(payload), new UTF8Encoding(false, true).GetString(payload.AsSpan(2)));
    }

    public async ValueTask DisposeAsync()
    {
        await deflate.DisposeAsync();
        await stream.DisposeAsync();
    }
}

/// <summary>The other end: keeps each connection's bytes as they came, and writes what a test gives it.</summary>
internal sealed class RawServer
{
    private readonly List<Connection> connections = [];

    public string? Extensions { get; init; }

    /// <summary>Whether it goes on after a close frame.</summary>
    public bool StaysOpen { get; init; }

    public IReadOnlyList<Connection> Connections
    {
        get
        {
            lock (connections)
                return [.. connections];
        }
    }

    public async Task HandleAsync(HttpContext context)
    {
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
#pragma warning disable CA5350 // RFC 6455, 4.2.2 wants SHA-1.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
        );
#pragma warning restore CA5350
        if (Extensions is not null)
            context.Response.Headers["Sec-WebSocket-Extensions"] = Extensions;
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var connection = new Connection(stream, context.Request.Headers["Sec-WebSocket-Extensions"].ToString(), StaysOpen);
        lock (connections)
            connections.Add(connection);
        await connection.RunAsync();
    }

    internal sealed class Connection(Stream stream, string offered, bool staysOpen)
    {
        private readonly MemoryStream received = new();

        public string Offered => offered;

        public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes).AsTask();

        public byte[] Received
        {
            get
            {
                lock (received)
                    return received.ToArray();
            }
        }

        public async Task RunAsync()
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await stream.ReadAsync(buffer) is > 0 and var read)
                {
                    lock (received)
                        received.Write(buffer, 0, read);
                    // The gateway's close frame ends the connection, as it would with any server.
                    if (!staysOpen && Received is [.., 0x88, 0x82, _, _, _, _, _, _])
                        return;
                }
            }
            catch (IOException)
            {
                // An end as well.
            }
        }
    }
}
