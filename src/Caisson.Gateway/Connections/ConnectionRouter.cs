using System.Net.Sockets;
using Caisson.Gateway.Http;
using Caisson.Gateway.Refusals;
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
    FirstReads reads,
    ProxyHandshake proxy,
    CallerHash hashes,
    DecisionRecorder recorder,
    ILogger<ConnectionRouter> logger
)
{
    /// <summary>Takes one accepted connection and never throws for what its other end does.</summary>
    /// <param name="exit">The sandbox, known by the socket that accepted.</param>
    /// <param name="socket">Ours from here.</param>
    /// <param name="factory">Makes Kestrel's kind of connection of it.</param>
    /// <param name="ended">Called once when the connection is over.</param>
    public async Task RunAsync(SandboxExit exit, Socket socket, SocketConnectionContextFactory factory, Action<Socket> ended)
    {
        ConnectionContext? connection = null;
        var end = ConnectionEnd.Reset;
        try
        {
            var peer = PeerCredentials.ProcessIdOf(socket);
            if (exit.ExpectedPeerPid is { } expected && peer != expected)
            {
                LogStranger(exit.SandboxId, peer, expected);
                ended(socket);
                socket.Dispose();
                return;
            }
            connection = factory.Create(socket);
            connection.ConnectionClosed.UnsafeRegister(_ => ended(socket), null);
            end = await HandleAsync(exit, connection, peer);
        }
        catch (Exception e)
            when (e is IOException or SocketException or OperationCanceledException || (e is ObjectDisposedException && exit.IsClosed))
        {
            LogGone(e, exit.SandboxId);
        }
#pragma warning disable CA1031 // One connection must never take the listener down with it: it is closed and the fault is logged.
        catch (Exception e)
        {
            LogFailed(e, exit.SandboxId);
        }
#pragma warning restore CA1031
        finally
        {
            if (connection is not null && end != ConnectionEnd.HandedOver)
            {
                if (end == ConnectionEnd.Reset)
                    connection.Abort();
                await connection.DisposeAsync();
            }
        }
    }

    private async Task<ConnectionEnd> HandleAsync(SandboxExit exit, ConnectionContext connection, int initPid)
    {
        // 1 identify
        var (header, isLiveness) = await reads.HeaderAsync(connection.Transport.Input);
        if (isLiveness)
            return ConnectionEnd.Reset;
        if (header is null || ExitConnection.From(exit, header) is not { } flow)
        {
            LogBadHeader(exit.SandboxId);
            return ConnectionEnd.Reset;
        }
        // Who connected to the socket is the sandbox's PID 1; the caller is one of its processes.
        if (initPid > 0 && flow.ProcessId > 0)
            _ = flow.FindExecutableAsync(hashes, initPid);
        if (!flow.IsProxy)
            return await RouteAsync(exit, connection, flow);

        var (tunnel, end) = await proxy.RunAsync(connection, flow);
        if (tunnel is not null)
        {
            if (initPid > 0 && tunnel.ProcessId > 0)
                _ = tunnel.FindExecutableAsync(hashes, initPid);
            return await RouteAsync(exit, connection, tunnel);
        }
        return end == ConnectionEnd.HandedOver ? HandOver(connection, flow) : end;
    }

    private async Task<ConnectionEnd> RouteAsync(SandboxExit exit, ConnectionContext connection, ExitConnection flow)
    {
        var routes = exit.State.Routes;
        // Opaque routes need no byte: the server may speak first. Nor does an address that no route opens, on a port where nobody could
        // read an answer.
        var opaque = routes.DecideConnection(Facts(flow, RequestProtocol.Tcp));
        if (opaque.Action == ConnectionAction.Relay && routes.IsOpaque(flow.Host, flow.Port))
            return await RelayAsync(connection, flow, opaque.Decision, "tcp");
        if (flow.IsLiteral && flow.Port is not (80 or 443) && opaque.Decision is { Verdict: Verdict.Deny, Route: null })
            return Refuse(flow, opaque.Decision, "tcp");

        // 2 classify
        var (wire, hello) = await reads.ClassifyAsync(connection.Transport.Input);
        flow.Wire = wire;
        if (hello?.ServerName is { } asked)
        {
            flow.ServerName = HostText.Name(asked);
            if (flow.ServerName is null)
                return Refuse(flow, Decisions.MalformedServerName(), "tls");
        }

        // 3 decide
        if (wire is not (WireProtocol.Tls or WireProtocol.Http1 or WireProtocol.Http2))
            return await DecideUnreadableAsync(connection, flow, wire);
        if (flow.IsInternal)
            return flow.Tls ? Refuse(flow, Decisions.UnknownProtocol(flow, wire), "tls") : HandOver(connection, flow);
        var decision = routes.DecideConnection(Facts(flow, RequestProtocol.Http));
        switch (decision.Action)
        {
            case ConnectionAction.Passthrough:
                return Decisions.PassthroughFault(flow, hello?.IsEncrypted ?? false) is { } fault
                    ? Refuse(flow, fault, "tls")
                    : await RelayAsync(connection, flow, decision.Decision, Relay.Passthrough);
            case ConnectionAction.Relay:
                return await RelayAsync(connection, flow, decision.Decision, "tcp");
            case ConnectionAction.Refuse:
                return Refuse(flow, decision.Decision, flow.Tls ? "tls" : "http");
            default:
                // Also what will be denied, where the client can read an answer.
                return HandOver(connection, flow);
        }
    }

    private async Task<ConnectionEnd> DecideUnreadableAsync(ConnectionContext connection, ExitConnection flow, WireProtocol wire)
    {
        var ssh = wire == WireProtocol.Ssh;
        var name = wire switch
        {
            WireProtocol.Ssh => "ssh",
            WireProtocol.Socks => "socks",
            _ => "tcp",
        };
        var raw = flow.Exit.State.Routes.DecideConnection(Facts(flow, ssh ? RequestProtocol.Ssh : RequestProtocol.Tcp));
        if (raw.Action == ConnectionAction.Relay)
            return await RelayAsync(connection, flow, raw.Decision, name);
        var own = raw.Decision.Verdict == Verdict.Allow || wire == WireProtocol.Socks;
        return Refuse(flow, own ? Decisions.UnknownProtocol(flow, wire) : raw.Decision, name);
    }

    private ConnectionEnd HandOver(ConnectionContext connection, ExitConnection flow)
    {
        connection.Features.Set(flow);
        return feed.TryHandOver(connection, flow.Wire) ? ConnectionEnd.HandedOver : ConnectionEnd.Reset;
    }

    private ConnectionEnd Refuse(ExitConnection flow, Decision decision, string protocol)
    {
        recorder.TryRecordConnection(flow, decision, protocol, default);
        return ConnectionEnd.Reset;
    }

    private async Task<ConnectionEnd> RelayAsync(ConnectionContext connection, ExitConnection flow, Decision decision, string protocol) =>
        await relay.RunAsync(connection, flow, decision, protocol) ? ConnectionEnd.Closed : ConnectionEnd.Reset;

    private static RequestFacts Facts(ExitConnection flow, RequestProtocol protocol) =>
        new()
        {
            Protocol = protocol,
            Host = flow.Host,
            Port = flow.Port,
            IsLiteral = flow.IsLiteral,
            Tls = flow.Tls,
        };

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
