using System.Net.Sockets;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Connections;

namespace Caisson.Gateway.Connections;

/// <summary>Carries the bytes of an opaque connection (<c>protocol: tcp</c>, <c>tls: passthrough</c>) both ways, unread but counted.</summary>
internal sealed class Relay(Connector connector, DecisionRecorder recorder, GatewayTimeouts timeouts, TimeProvider time)
{
    /// <returns>Whether both directions ended orderly.</returns>
    public async Task<bool> RunAsync(ConnectionContext connection, ExitConnection flow, Decision decision, string protocol)
    {
        var start = time.GetTimestamp();
        if (recorder.IsBroken(flow.Exit))
        {
            recorder.TryRecordConnection(flow, Decisions.LogBroken(), protocol, default);
            return false;
        }
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
        try
        {
            await CopyBothAsync(connection, upstream, totals);
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
            recorder.TryRecordConnection(flow, decision, protocol, totals with { Duration = time.GetElapsedTime(start) });
        }
    }

    private async Task CopyBothAsync(ConnectionContext connection, Socket upstream, RelayTotals totals)
    {
        using var idle = new IdleLimit(timeouts.Idle, time, connection.ConnectionClosed);
        var toUpstream = SendAsync(connection, upstream, totals, idle);
        var toClient = ReceiveAsync(connection, upstream, totals, idle);
        // A side that ends orderly is told to the other; the second direction may go on (half-closed). A fault ends both.
        var first = await Task.WhenAny(toUpstream, toClient);
        if (first.IsFaulted || first.IsCanceled)
        {
            connection.Abort();
            upstream.Dispose();
        }
        await Task.WhenAll(toUpstream, toClient);
    }

    private static async Task SendAsync(ConnectionContext connection, Socket upstream, RelayTotals totals, IdleLimit idle)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(idle.Token);
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
