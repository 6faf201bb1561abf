using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Caisson.Gateway.Http;
using Caisson.Gateway.Refusals;
using Caisson.Init.Protocol.Exit;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Caisson.Gateway.Connections;

/// <summary>
/// What happens to a connection before its first request: 1 identify (whose socket, which header), 2 classify (the first bytes, which nobody
/// consumes here), 3 decide: inspected connections go to Kestrel, opaque ones to the relay, the others end.
/// </summary>
internal sealed partial class ConnectionRouter(
    ConnectionFeed feed,
    Relay relay,
    DecisionRecorder recorder,
    GatewayTimeouts timeouts,
    TimeProvider time,
    ILogger<ConnectionRouter> logger
)
{
    /// <summary>Takes one accepted connection and never throws for what its other end does.</summary>
    public async Task RunAsync(SandboxExit exit, Socket socket, SocketConnectionContextFactory factory, Action<Socket> ended)
    {
        ConnectionContext? connection = null;
        try
        {
            if (exit.ExpectedPeerPid is { } expected && PeerCredentials.ProcessIdOf(socket) is var actual && actual != expected)
            {
                LogStranger(exit.SandboxId, actual, expected);
                ended(socket);
                socket.Dispose();
                return;
            }
            connection = factory.Create(socket);
            connection.ConnectionClosed.UnsafeRegister(_ => ended(socket), null);
            if (await HandleAsync(exit, connection))
                connection = null;
        }
        catch (Exception e) when (e is IOException or SocketException or ConnectionAbortedException or ConnectionResetException)
        {
            LogGone(e, exit.SandboxId);
        }
#pragma warning disable CA1031 // One connection must never take the listener down with it: it is counted and closed.
        catch (Exception e)
        {
            LogFailed(e, exit.SandboxId);
        }
#pragma warning restore CA1031
        finally
        {
            if (connection is not null)
            {
                connection.Abort();
                await connection.DisposeAsync();
            }
        }
    }

    /// <returns>Whether Kestrel has the connection now; else the caller ends it.</returns>
    private async Task<bool> HandleAsync(SandboxExit exit, ConnectionContext connection)
    {
        // 1 identify
        var header = await ReadHeaderAsync(connection.Transport.Input);
        if (header is null || ExitConnection.From(exit, header) is not { } flow)
        {
            LogBadHeader(exit.SandboxId);
            return false;
        }

        // Opaque routes need no byte: the server may speak first. Nor does an address that no route opens, on a port where nobody could
        // read an answer.
        var opaque = exit.State.Routes.DecideConnection(Facts(flow, RequestProtocol.Tcp));
        if (opaque.Action == ConnectionAction.Relay && exit.State.Routes.IsOpaque(flow.Host, flow.Port))
            return await RelayAsync(connection, flow, opaque.Decision, "tcp");
        if (flow.IsLiteral && flow.Port is not (80 or 443) && opaque.Decision is { Verdict: Verdict.Deny, Route: null })
            return Refuse(flow, opaque.Decision, "tcp");

        // 2 classify
        var (wire, hello) = await ClassifyAsync(connection.Transport.Input);
        flow.Wire = wire;
        if (hello is { } parsed)
        {
            if (parsed.Name is not null)
            {
                if (HostText.Name(parsed.Name) is not { } name)
                    return Refuse(flow, Decisions.MalformedServerName(), "tls");
                flow.ServerName = name;
            }
        }

        // 3 decide
        if (flow.IsInternal)
        {
            return wire is WireProtocol.Http1 or WireProtocol.Http2
                ? HandOver(connection, flow)
                : Refuse(flow, Decisions.UnknownProtocol(flow, wire), "tcp");
        }
        if (wire is not (WireProtocol.Tls or WireProtocol.Http1 or WireProtocol.Http2))
        {
            var raw = exit.State.Routes.DecideConnection(Facts(flow, wire == WireProtocol.Ssh ? RequestProtocol.Ssh : RequestProtocol.Tcp));
            if (raw.Action == ConnectionAction.Relay)
                return await RelayAsync(connection, flow, raw.Decision, wire == WireProtocol.Ssh ? "ssh" : "tcp");
            var refused =
                raw.Decision.Verdict == Verdict.Allow || wire == WireProtocol.Socks ? Decisions.UnknownProtocol(flow, wire) : raw.Decision;
            return Refuse(
                flow,
                refused,
                wire == WireProtocol.Ssh ? "ssh"
                    : wire == WireProtocol.Socks ? "socks"
                    : "tcp"
            );
        }
        var decision = exit.State.Routes.DecideConnection(Facts(flow, RequestProtocol.Http));
        switch (decision.Action)
        {
            case ConnectionAction.Passthrough:
                if (Decisions.PassthroughFault(flow, hello?.IsEncrypted ?? false) is { } fault)
                    return Refuse(flow, fault, "tls");
                return await RelayAsync(connection, flow, decision.Decision, "tls");
            case ConnectionAction.Relay:
                return await RelayAsync(connection, flow, decision.Decision, "tcp");
            case ConnectionAction.Refuse:
                return Refuse(flow, decision.Decision, flow.Tls ? "tls" : "http");
            default:
                // Also what will be denied, where the client can read an answer.
                return HandOver(connection, flow);
        }
    }

    private bool HandOver(ConnectionContext connection, ExitConnection flow)
    {
        connection.Features.Set(flow);
        return feed.TryHandOver(connection, flow.Wire);
    }

    private bool Refuse(ExitConnection flow, Decision decision, string protocol)
    {
        recorder.TryRecordConnection(flow, decision, protocol, default);
        return false;
    }

    private async Task<bool> RelayAsync(ConnectionContext connection, ExitConnection flow, Decision decision, string protocol)
    {
        await relay.RunAsync(connection, flow, decision, protocol);
        return false;
    }

    private async Task<ExitHeader?> ReadHeaderAsync(PipeReader input)
    {
        using var limit = new CancellationTokenSource(timeouts.Identify, time);
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            var bytes = read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray();
            var result = ExitHeader.TryRead(bytes, out var header, out var consumed);
            if (result == ExitHeaderResult.Complete)
            {
                input.AdvanceTo(read.Buffer.GetPosition(consumed));
                return header;
            }
            if (result == ExitHeaderResult.Malformed || read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.End);
                return null;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Looks at the first bytes and leaves them, all of them and marked as unread, to whoever reads next.</summary>
    private async Task<(WireProtocol Protocol, Hello? Hello)> ClassifyAsync(PipeReader input)
    {
        using var limit = new CancellationTokenSource(timeouts.Classify, time);
        long examined = 0;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                return (WireProtocol.Other, null);
            }
            var (protocol, hello) = Classify(read.Buffer);
            if (protocol == WireProtocol.Undecided && !read.IsCompleted)
            {
                examined = read.Buffer.Length;
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            // A pipe does not take back what was once marked as examined, but this read brought at least one byte beyond that (or the end), so
            // that the next reader gets everything at once.
            input.AdvanceTo(read.Buffer.Start, read.Buffer.GetPosition(examined));
            return (protocol == WireProtocol.Undecided ? WireProtocol.Other : protocol, hello);
        }
    }

    private static (WireProtocol Protocol, Hello? Hello) Classify(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var protocol = FirstBytes.Classify(bytes);
        if (protocol != WireProtocol.Tls)
            return (protocol, null);
        return ClientHello.Parse(bytes, out var hello) switch
        {
            HelloStatus.Complete => (WireProtocol.Tls, new Hello(hello.ServerName, hello.IsEncrypted)),
            HelloStatus.Incomplete => (WireProtocol.Undecided, null),
            _ => (WireProtocol.Other, null),
        };
    }

    private static RequestFacts Facts(ExitConnection flow, RequestProtocol protocol) =>
        new()
        {
            Protocol = protocol,
            Host = flow.Host,
            Port = flow.Port,
            IsLiteral = flow.IsLiteral,
            Tls = flow.Tls,
        };

    private readonly record struct Hello(string? Name, bool IsEncrypted);

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Sandbox {Sandbox}: process {Actual} connected to its exit, which only process {Expected} may; closed."
    )]
    private partial void LogStranger(string sandbox, int actual, int expected);

    [LoggerMessage(2, LogLevel.Warning, "Sandbox {Sandbox}: a connection began without a valid header; closed.")]
    private partial void LogBadHeader(string sandbox);

    [LoggerMessage(3, LogLevel.Debug, "Sandbox {Sandbox}: a connection ended early.")]
    private partial void LogGone(Exception exception, string sandbox);

    [LoggerMessage(4, LogLevel.Error, "Sandbox {Sandbox}: a connection failed and was closed.")]
    private partial void LogFailed(Exception exception, string sandbox);
}
