using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Caisson.Identity;
using Caisson.Init.Protocol.Client;
using Caisson.Server.Access;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>
/// One view of a terminal over <c>caisson.terminal.v1</c>: (1) who it is, (2) ATTACH, (3) both directions at once, (4) a close code that says why. The close codes are for
/// browsers, which cannot see the status of a refused handshake.
/// </summary>
internal sealed class TerminalSocket
{
    internal const string Subprotocol = "caisson.terminal.v1";

    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_attach = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_close = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly TerminalSession _session;
    private TerminalViewer? _viewer;
    private bool _receiving;

    private TerminalSocket(WebSocket socket, TerminalSession session) => (_socket, _session) = (socket, session);

    internal static async Task<IResult> HandleAsync(string id, HttpContext context, TerminalService terminals)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
            return Problems.Result(400, "websocket_only", $"This address speaks WebSocket with the subprotocol {Subprotocol} only.");
        // 1
        var session = terminals.Find(id);
        var resource = TerminalAccess.Resource(context, terminals, session);
        var refusal = context.Authorize(Permission.TerminalsView, resource);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = Subprotocol,
                KeepAliveInterval = s_ping,
                KeepAliveTimeout = s_silence,
            }
        );
        var view = new TerminalSocket(socket, session!);
        if (refusal is not null)
        {
            var gone = resource is null || refusal is IStatusCodeHttpResult { StatusCode: StatusCodes.Status404NotFound };
            await view.CloseAsync(gone ? CloseCode.Gone : (CloseCode)SocketAccess.RightsLost, "there is no such terminal for you");
            return Results.Empty;
        }
        var typing = new TypingRight(session!, TerminalAccess.MayWrite(context, resource!));
        using var access = SocketAccess.Watch(
            context,
            Permission.TerminalsView,
            () => TerminalAccess.Resource(context, terminals, session),
            typing.Watched
        );
        await view.RunAsync(context, access, typing);
        return Results.Empty;
    }

    private async Task RunAsync(HttpContext context, SocketAccess access, TypingRight typing)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            // 2
            if (await AttachAsync(context.Subject().DisplayName, typing.MayType, ended.Token) is not { } viewer)
                return;
            _viewer = viewer;
            typing.Follow(viewer);
            context.Audit("terminal.joined", "ok", $"terminal:{_session.Id}");
            // 3
            var sending = _session.SendAsync(viewer, SendAsync, ended.Token);
            _receiving = true;
            var receiving = ReceiveAsync(viewer, ended.Token);
            await Task.WhenAny(sending, receiving, access.Ended);
            // 4
            if (access.Ended.IsCompleted)
                await access.CloseAsync(_socket);
            else if (sending.IsCompletedSuccessfully)
            {
                await CloseAsync(sending.Result, viewer);
                // Ending the connection before the viewer has answered the close could take the last bytes with it.
                await ((Task)receiving).WaitAsync(s_close).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (receiving.IsCompletedSuccessfully && receiving.Result is { } problem)
            {
                // What is on its way out goes before the close.
                _session.Detach(viewer);
                await ((Task)sending).WaitAsync(s_close).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _receiving = false;
                await CloseAsync(problem, "see docs/terminal-protocol.md");
            }
            await ended.CancelAsync();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or InitException)
        {
            // The viewer is gone.
            _socket.Abort();
        }
        finally
        {
            if (_viewer is not null)
            {
                _session.Detach(_viewer);
                context.Audit("terminal.left", "ok", $"terminal:{_session.Id}");
            }
        }
    }

    private async Task<TerminalViewer?> AttachAsync(string name, bool mayWrite, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_attach);
        var rented = ArrayPool<byte>.Shared.Rent(ClientFrame.Longest + 1);
        try
        {
            var (length, problem) = await ReadAsync(rented, limit.Token);
            if (problem is not null || length < 0)
                return await RefuseAsync(problem ?? CloseCode.Protocol, "the first frame has to be ATTACH");
            if (Parse(rented.AsSpan(0, length)) is not { } attach)
                return await RefuseAsync(CloseCode.Protocol, "the first frame has to be ATTACH");
            if (attach.Version != 1)
                return await RefuseAsync(CloseCode.Version, "versions that are spoken here: 1");
            if (!AttachFrom.TryRead(attach.From, out var from))
                return await RefuseAsync(CloseCode.Protocol, "from has to be live, snapshot or an offset");
            var key = ViewerKey.TryParse(attach.Viewer, out var given) ? given : (UInt128?)null;
            (int, int)? window = attach is { Columns: { } columns, Rows: { } rows } ? (columns, rows) : null;
            var request = new ViewRequest(from, key, name, mayWrite, window, Acknowledges: true);
            if (await _session.AttachAsync(request, cancellation) is { } viewer)
                return viewer;
            await SendAsync(
                ServerFrame.Error(
                    "viewer_limit",
                    $"{TerminalSession.MostViewers} are looking at this terminal already; more are not possible."
                ),
                cancellation
            );
            return await RefuseAsync((CloseCode)WebSocketCloseStatus.PolicyViolation, "viewer_limit");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        async Task<TerminalViewer?> RefuseAsync(CloseCode code, string reason)
        {
            await CloseAsync(code, reason);
            return null;
        }
    }

    private static AttachMessage? Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            return ClientFrame.TryRead(data, out var frame) && frame.Opcode == Opcode.Attach
                ? JsonSerializer.Deserialize(frame.Bytes, WireJson.Default.AttachMessage)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Until the client goes (null) or sends what the protocol does not have (why).</summary>
    private async Task<CloseCode?> ReceiveAsync(TerminalViewer viewer, CancellationToken cancellation)
    {
        while (true)
        {
            // An idle view holds no buffer: there may be very many.
            var first = await _socket.ReceiveAsync(Memory<byte>.Empty, cancellation);
            if (first.MessageType == WebSocketMessageType.Close)
                return null;
            var rented = ArrayPool<byte>.Shared.Rent(ClientFrame.Longest + 1);
            try
            {
                var (length, problem) = await ReadAsync(rented, cancellation);
                if (problem is not null || length < 0)
                    return problem;
                if (!await ApplyAsync(viewer, rented.AsMemory(0, length), cancellation))
                    return CloseCode.Protocol;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>One message; -1 for the end.</summary>
    private async Task<(int Length, CloseCode? Problem)> ReadAsync(byte[] buffer, CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(length, ClientFrame.Longest + 1 - length), cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
                return (-1, null);
            if (part.MessageType == WebSocketMessageType.Text)
                return (0, CloseCode.NotBinary);
            length += part.Count;
            if (length > ClientFrame.Longest)
                return (0, CloseCode.TooBig);
            if (part.EndOfMessage)
                return (length, null);
        }
    }

    private ValueTask<bool> ApplyAsync(TerminalViewer viewer, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (!ClientFrame.TryRead(data.Span, out var frame))
            return ValueTask.FromResult(false);
        switch (frame.Opcode)
        {
            case Opcode.Input:
                return new(_session.InputAsync(viewer, frame.Number, data[^frame.Bytes.Length..], cancellation));
            case Opcode.Ack:
                _session.Acknowledge(viewer, frame.Number);
                return ValueTask.FromResult(true);
            case Opcode.Resize:
                return DoneAsync(_session.ResizeAsync(viewer, frame.Columns, frame.Rows, cancellation));
            case Opcode.Ping:
                _session.Tell(viewer, ServerFrame.Pong(frame.Bytes));
                return ValueTask.FromResult(true);
            case Opcode.Take:
                return DoneAsync(_session.LeadAsync(viewer, cancellation));
            default:
                return ValueTask.FromResult(false); // ATTACH again
        }

        static async ValueTask<bool> DoneAsync(Task task)
        {
            try
            {
                await task;
            }
            catch (InitException)
            {
                // The terminal has ended meanwhile, which the viewer is about to be told.
            }
            return true;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        var sending = _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        if (sending.IsCompletedSuccessfully)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var task = sending.AsTask();
        if (await Task.WhenAny(task, Task.Delay(s_stuck, limit.Token)) != task)
            _socket.Abort(); // it reads nothing at all, so it would not read a close either
        await limit.CancelAsync();
        await task;
    }

    private Task CloseAsync(ViewEnd end, TerminalViewer viewer) =>
        end switch
        {
            ViewEnd.Exited => CloseAsync(
                _session.Record.Exit?.Code == 0 ? CloseCode.Exited : CloseCode.ExitedOtherwise,
                "the terminal has ended"
            ),
            ViewEnd.TooSlow => CloseAsync(CloseCode.TooSlow, "nothing was acknowledged for 60 s"),
            ViewEnd.Restart => CloseAsync(CloseCode.Restart, "the server restarts"),
            _ => CloseAsync((CloseCode)WebSocketCloseStatus.PolicyViolation, $"the viewer {viewer.Name} came back on another connection"),
        };

    private async Task CloseAsync(CloseCode code, string reason)
    {
        using var limit = new CancellationTokenSource(s_close);
        try
        {
            // A close reason has at most 123 bytes.
            await _socket.CloseOutputAsync((WebSocketCloseStatus)code, reason[..Math.Min(reason.Length, 100)], limit.Token);
            if (_receiving)
                return;
            // Ending the connection before the client has answered could take the close code with it.
            var buffer = new byte[4096];
            while (_socket.State == WebSocketState.CloseSent)
                await _socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ArgumentException)
        {
            _socket.Abort();
        }
    }
}
