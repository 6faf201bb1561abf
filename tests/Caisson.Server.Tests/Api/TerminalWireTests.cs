using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Caisson.Server.Tests.Access;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Tests.Api;

/// <summary>What a viewer reads from its socket when it is too slow, when the server stops, and when nothing happens.</summary>
public sealed class TerminalWireTests
{
    private const int InFlight = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task AFrozenViewer_FindsAGapAndTheScreen_AndIsClosedWith4008_AndComesBack()
    {
        const int printed = 12_000_000;
        var time = new LeapingTime();
        await using var lab = await ServerLab.StartAsync(clock: time);
        var terminal = await CreateAsync(
            lab,
            $"stty raw -echo; head -c 1 >/dev/null; head -c {printed} /dev/zero | tr '\\0' x; head -c 1 >/dev/null; head -c 3000000 /dev/zero | tr '\\0' y; exec cat"
        );
        using var limit = new CancellationTokenSource(Limit);
        using var frozen = await Socket.AttachAsync(lab, terminal, "0", limit.Token);
        using var other = await Socket.AttachAsync(lab, terminal, "0", limit.Token);
        await other.TypeAsync("k");

        // The other one draws all of it, and what it types is answered, while the frozen one has what may be in flight and no more.
        await other.DrawAsync(printed);
        await frozen.ReadAsync(InFlight);
        other.Next.ShouldBe(printed);
        frozen.Next.ShouldBeLessThan(InFlight + (64 << 10));

        // It wakes.
        var seen = frozen.Next;
        await frozen.AcknowledgeAsync();
        var gap = await frozen.UntilAsync(Opcode.Gap);
        BinaryPrimitives.ReadInt64BigEndian(gap.AsSpan(1)).ShouldBe(seen);
        BinaryPrimitives.ReadInt64BigEndian(gap.AsSpan(9)).ShouldBe(printed);
        var screen = await frozen.UntilAsync(Opcode.Snapshot);
        BinaryPrimitives.ReadInt64BigEndian(screen.AsSpan(3)).ShouldBe(printed);

        // It freezes again, for good.
        await other.TypeAsync("l");
        await other.DrawAsync(printed + 3_000_000);
        await frozen.ReadAsync(printed + InFlight);
        time.Leap(TimeSpan.FromSeconds(61));
        await frozen.UntilAsync(null);
        frozen.CloseStatus.ShouldBe(4008);

        using var again = await Socket.AttachAsync(lab, terminal, $"{frozen.Next}", limit.Token);
        await again.DrawAsync(printed + 3_000_000);
        again.First.ShouldBe(frozen.Next);
        again.Kinds.ShouldNotContain(Opcode.Gap);
    }

    [Fact]
    public async Task AServerThatStops_ClosesWith4001_OnEitherWay()
    {
        await using var lab = await ServerLab.StartAsync();
        var terminal = await CreateAsync(lab, "exec cat");
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await Socket.AttachAsync(lab, terminal, "\"live\"", limit.Token);
        await socket.UntilAsync(Opcode.Hello);
        using var client = lab.Local();
        using var events = await client.GetAsync(
            $"/api/v1/terminals/{terminal}/stream",
            HttpCompletionOption.ResponseHeadersRead,
            limit.Token
        );
        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync(limit.Token));
        (await lines.ReadLineAsync(limit.Token))!.ShouldStartWith("data: ");

        var stopping = lab.StopAsync();

        Encoding.UTF8.GetString(await socket.UntilAsync(Opcode.Notice)).ShouldContain("\"kind\":\"restart\"");
        await socket.UntilAsync(null);
        socket.CloseStatus.ShouldBe(4001);
        (await lines.ReadToEndAsync(limit.Token)).ShouldEndWith("event: close\ndata: 4001\n\n");
        await stopping;
    }

    [Fact]
    public async Task AStreamOnWhichNothingHappens_HasACommentEach15Seconds()
    {
        var time = new LeapingTime();
        await using var lab = await ServerLab.StartAsync(clock: time);
        var terminal = await CreateAsync(lab, "exec cat");
        using var limit = new CancellationTokenSource(Limit);
        using var client = lab.Local();
        using var events = await client.GetAsync(
            $"/api/v1/terminals/{terminal}/stream",
            HttpCompletionOption.ResponseHeadersRead,
            limit.Token
        );
        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync(limit.Token));
        (await lines.ReadLineAsync(limit.Token))!.ShouldStartWith("data: ");
        for (var beat = 0; beat < 2; beat++)
        {
            // Whether or not the stream has begun to wait again: it is only asked for one more.
            string? line;
            var read = lines.ReadLineAsync(limit.Token).AsTask();
            do
            {
                if (!read.IsCompleted)
                    time.Leap(TimeSpan.FromSeconds(15));
                await Task.WhenAny(read, Task.Delay(50, limit.Token));
                line = read.IsCompleted ? await read : null;
                if (line is not null and not ": ")
                    (read, line) = (lines.ReadLineAsync(limit.Token).AsTask(), null);
            } while (line is null);
            line.ShouldBe(": ");
        }
    }

    private static async Task<string> CreateAsync(ServerLab lab, string script)
    {
        using var limit = new CancellationTokenSource(Limit);
        var workspace = await lab.RunningWorkspaceAsync(lab.Identity.Users.FindByAddress("local")!, "wire");
        var wish = new NewTerminal("wire", ["/bin/sh", "-c", script], null, 80, 24);
        return (await lab.Server.Terminals.CreateAsync(lab.Server.Terminals.Place(workspace.Id)!, wish, limit.Token)).Id;
    }

    /// <summary>A viewer that says what it has drawn only when it is told to.</summary>
    private sealed class Socket : IDisposable
    {
        private readonly ClientWebSocket _socket = new();
        private readonly CancellationToken _limit;
        private readonly byte[] _buffer = new byte[1 << 17];
        private long _typed;

        private Socket(CancellationToken limit) => _limit = limit;

        internal long? First { get; private set; }

        internal long Next { get; private set; }

        internal List<Opcode> Kinds { get; } = [];

        internal int CloseStatus => (int)_socket.CloseStatus!;

        internal static async Task<Socket> AttachAsync(ServerLab lab, string terminal, string from, CancellationToken limit)
        {
            var socket = new Socket(limit);
            socket._socket.Options.AddSubProtocol("caisson.terminal.v1");
            socket._socket.Options.SetRequestHeader("Authorization", $"Bearer {ServerLab.Token}");
            await socket._socket.ConnectAsync(new Uri($"ws://{lab.Address.Authority}/api/v1/terminals/{terminal}/ws"), limit);
            await socket.SendAsync([(byte)Opcode.Attach, .. Encoding.UTF8.GetBytes($$"""{"version":1,"from":{{from}}}""")]);
            return socket;
        }

        internal async Task TypeAsync(string text)
        {
            var frame = new byte[9 + text.Length];
            frame[0] = (byte)Opcode.Input;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), _typed);
            Encoding.ASCII.GetBytes(text, frame.AsSpan(9));
            _typed += text.Length;
            await SendAsync(frame);
        }

        internal async Task AcknowledgeAsync()
        {
            var frame = new byte[9];
            frame[0] = (byte)Opcode.Ack;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), Next);
            await SendAsync(frame);
        }

        /// <summary>Reads output up to an offset, and says that it is drawn.</summary>
        internal async Task DrawAsync(long offset)
        {
            while (Next < offset)
            {
                (await FrameAsync()).ShouldNotBeNull();
                await AcknowledgeAsync();
            }
        }

        /// <summary>Reads output up to an offset, and says nothing.</summary>
        internal async Task ReadAsync(long offset)
        {
            while (Next < offset)
                (await FrameAsync()).ShouldNotBeNull();
        }

        /// <summary>The next frame of a kind; null for the close.</summary>
        internal async Task<byte[]> UntilAsync(Opcode? kind)
        {
            while (true)
            {
                if (await FrameAsync() is not { } frame)
                    return kind is null ? [] : throw new InvalidOperationException($"closed: {_socket.CloseStatusDescription}");
                if (frame[0] == (byte?)kind)
                    return frame;
            }
        }

        public void Dispose() => _socket.Dispose();

        private async Task<byte[]?> FrameAsync()
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(length), _limit);
                length += part.Count;
            } while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _limit);
                return null;
            }
            var kind = (Opcode)_buffer[0];
            Kinds.Add(kind);
            if (kind == Opcode.Output)
            {
                var offset = BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(1));
                First ??= offset;
                Next = offset + length - 9;
            }
            else if (kind == Opcode.Snapshot)
                Next = BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(3));
            return _buffer[..length];
        }

        private Task SendAsync(byte[] frame) => _socket.SendAsync(frame, WebSocketMessageType.Binary, true, _limit);
    }
}
