using System.Net.Sockets;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Scanning;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Connections;

namespace Caisson.Gateway.Connections;

/// <summary>
/// Carries the bytes of an opaque connection (<c>protocol: tcp</c>, <c>tls: passthrough</c>) both ways and counts them. What leaves is searched for known
/// values, but for <c>tls: passthrough</c>, which is encrypted.
/// </summary>
internal sealed class Relay(Connector connector, DecisionRecorder recorder, GatewayTimeouts timeouts, TimeProvider time)
{
    /// <summary>What a connection is called whose TLS stays closed.</summary>
    public const string Passthrough = "tls";

    /// <returns>Whether both directions ended orderly.</returns>
    public async Task<bool> RunAsync(ConnectionContext connection, ExitConnection flow, Decision decision, string protocol)
    {
        var start = time.GetTimestamp();
        if (recorder.IsBroken(flow.Exit))
        {
            recorder.TryRecordConnection(flow, Decisions.LogBroken(), protocol, default);
            return false;
        }
        var state = flow.Exit.State;
        await state.RefreshAsync(connection.ConnectionClosed);
        Socket upstream;
        try
        {
            upstream = await connector.ConnectAsync(flow.Host, flow.Port, PrivateRanges.Of(decision.Route), connection.ConnectionClosed);
        }
        catch (UpstreamFault fault)
        {
            recorder.TryRecordConnection(flow, fault.AsDecision(decision), protocol, default);
            return false;
        }
        var totals = new RelayTotals();
        using var scan = protocol == Passthrough ? null : new ConnectionScan(state.Scanner, decision, Facts(flow));
        try
        {
            await CopyBothAsync(connection, upstream, scan, totals);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side broke it off. What passed until then is recorded below.
            return false;
        }
        finally
        {
            upstream.Dispose();
            recorder.TryRecordConnection(
                flow,
                scan?.Refusal ?? decision,
                protocol,
                totals with
                {
                    Duration = time.GetElapsedTime(start),
                },
                scan?.Hits
            );
        }
    }

    private static RequestFacts Facts(ExitConnection flow) =>
        new()
        {
            Protocol = RequestProtocol.Tcp,
            Host = flow.Host,
            Port = flow.Port,
            IsLiteral = flow.IsLiteral,
            Tls = flow.Tls,
        };

    private async Task CopyBothAsync(ConnectionContext connection, Socket upstream, ConnectionScan? scan, RelayTotals totals)
    {
        using var idle = new IdleLimit(timeouts.Idle, time, connection.ConnectionClosed);
        var toUpstream = SendAsync(connection, upstream, scan, totals, idle);
        var toClient = ReceiveAsync(connection, upstream, totals, idle);
        // A side that ends orderly is told to the other; the second direction may go on (half-closed). A fault ends both.
        var first = await Task.WhenAny(toUpstream, toClient);
        if (first.IsFaulted || first.IsCanceled)
        {
            connection.Abort();
            // A reset, not an end: the other side must not take half of a message for all of it.
            if (scan?.Refusal is not null)
                upstream.LingerState = new LingerOption(enable: true, seconds: 0);
            upstream.Dispose();
        }
        await Task.WhenAll(toUpstream, toClient);
    }

    private static async Task SendAsync(
        ConnectionContext connection,
        Socket upstream,
        ConnectionScan? scan,
        RelayTotals totals,
        IdleLimit idle
    )
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(idle.Token);
            scan?.Look(read.Buffer);
            foreach (var segment in read.Buffer)
            {
                for (var rest = segment; !rest.IsEmpty; )
                {
                    var sent = await upstream.SendAsync(rest, SocketFlags.None, idle.Token);
                    rest = rest[sent..];
                    totals.Sent += sent;
                }
            }
            input.AdvanceTo(read.Buffer.End);
            idle.Touch();
            if (read.IsCompleted)
                break;
        }
        upstream.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveAsync(ConnectionContext connection, Socket upstream, RelayTotals totals, IdleLimit idle)
    {
        var output = connection.Transport.Output;
        while (true)
        {
            var memory = output.GetMemory(16 * 1024);
            var received = await upstream.ReceiveAsync(memory, SocketFlags.None, idle.Token);
            if (received == 0)
                break;
            output.Advance(received);
            totals.Received += received;
            idle.Touch();
            if ((await output.FlushAsync(idle.Token)).IsCompleted)
                break;
        }
        await output.CompleteAsync();
    }
}

/// <summary>What passed through an opaque connection.</summary>
internal sealed record RelayTotals
{
    public long Sent { get; set; }
    public long Received { get; set; }
    public TimeSpan Duration { get; init; }
}
