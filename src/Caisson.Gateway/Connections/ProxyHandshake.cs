using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;
using Microsoft.AspNetCore.Connections;

namespace Caisson.Gateway.Connections;

/// <summary>
/// The explicit proxy at <c>caisson.internal:3128</c>, for programs that insist on one. <c>CONNECT</c> (RFC 9110, 9.3.6) makes a tunnel, which is then
/// treated like any connection to its host; absolute-form requests go on to Kestrel. Neither opens anything that a direct connection wouldn't.
/// </summary>
internal sealed class ProxyHandshake(FirstReads reads, DecisionRecorder recorder, GatewayTimeouts timeouts, TimeProvider time)
{
    private const int LongestHead = 16 * 1024;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <returns>The connection inside a tunnel, or null with what becomes of this one; handed over means a plain request for Kestrel.</returns>
    public async Task<(ExitConnection? Tunnel, ConnectionEnd End)> RunAsync(ConnectionContext connection, ExitConnection flow)
    {
        var (wire, _) = await reads.ClassifyAsync(connection.Transport.Input);
        flow.Wire = wire;
        if (wire != WireProtocol.Http1)
        {
            recorder.TryRecordConnection(flow, Decisions.UnknownProtocol(flow, wire), wire == WireProtocol.Socks ? "socks" : "tcp", null);
            return (null, ConnectionEnd.Reset);
        }
        if (!await StartsWithConnectAsync(connection.Transport.Input))
            return (null, ConnectionEnd.HandedOver);

        var head = await ReadHeadAsync(connection.Transport.Input);
        if (head is null || Target(head) is not { } target)
        {
            await AnswerAsync(connection, flow, Decisions.BadRequest("CONNECT needs a host and a port (CONNECT host:443 HTTP/1.1)"));
            return (null, ConnectionEnd.Closed);
        }
        var tunnel = new ExitConnection
        {
            Exit = flow.Exit,
            Host = target.Host,
            IsLiteral = target.IsLiteral,
            Port = target.Port!.Value,
            ProcessId = flow.ProcessId,
            Executable = flow.Executable,
            IsInternal = target is { Host: Internal.InternalEndpoints.Name, Port: 80 },
        };
        if (!tunnel.IsInternal && Denial(tunnel) is { } denied)
        {
            await AnswerAsync(connection, tunnel, denied);
            return (null, ConnectionEnd.Closed);
        }
        await connection.Transport.Output.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
        return (tunnel, ConnectionEnd.HandedOver);
    }

    /// <summary>What is denied whatever the tunnel carries is said before there is one.</summary>
    private static Decision? Denial(ExitConnection tunnel)
    {
        var routes = tunnel.Exit.State.Routes;
        var facts = Facts(tunnel);
        if (routes.DecideConnection(facts with { Protocol = RequestProtocol.Tcp, Tls = false }).Action == ConnectionAction.Relay)
            return null;
        var tls = routes.DecideConnection(facts).Decision;
        var clear = routes.DecideConnection(facts with { Tls = false }).Decision;
        return tls.Verdict == Verdict.Allow || clear.Verdict == Verdict.Allow ? null : tls;
    }

    private static RequestFacts Facts(ExitConnection tunnel) =>
        new()
        {
            Protocol = RequestProtocol.Http,
            Host = tunnel.Host,
            Port = tunnel.Port,
            IsLiteral = tunnel.IsLiteral,
            Tls = true,
        };

    private async Task AnswerAsync(ConnectionContext connection, ExitConnection flow, Decision decision)
    {
        var id = recorder.TryRecordConnection(flow, decision, "connect", null);
        var body = RefusalAnswer.Body(Facts(flow) with { Method = "CONNECT" }, decision, id);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {decision.Status} {(decision.Status == 400 ? "Bad Request" : "Forbidden")}\r\nContent-Type: application/json\r\n{RefusalAnswer.DecisionHeader}: deny\r\n{RefusalAnswer.IdHeader}: {id}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"
        );
        var output = connection.Transport.Output;
        output.Write(Encoding.ASCII.GetBytes(head));
        output.Write(body.Span);
        await output.FlushAsync();
    }

    private static async Task<bool> StartsWithConnectAsync(PipeReader input)
    {
        // The classifier has left at least a method and a space, unread.
        var read = await input.ReadAsync();
        var first = read.Buffer.Slice(0, Math.Min(8, read.Buffer.Length)).ToArray();
        input.AdvanceTo(read.Buffer.Start);
        return first.AsSpan().SequenceEqual("CONNECT "u8);
    }

    private async Task<string?> ReadHeadAsync(PipeReader input)
    {
        using var limit = new CancellationTokenSource(timeouts.RequestHeaders, time);
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
            var bytes = read.Buffer.ToArray();
            var end = bytes.AsSpan().IndexOf(HeadEnd);
            if (end >= 0)
            {
                input.AdvanceTo(read.Buffer.GetPosition(end + HeadEnd.Length));
                return Encoding.Latin1.GetString(bytes, 0, end);
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || bytes.Length > LongestHead)
                return null;
        }
    }

    /// <summary>The authority of the request line. Its headers mean nothing to a tunnel; they only must not hide a second line.</summary>
    private static CanonicalHost? Target(string head)
    {
        var lines = head.Split("\r\n");
        if (lines.Any(line => line.AsSpan().ContainsAny('\r', '\n', '\0')))
            return null;
        var parts = lines[0].Split(' ');
        if (parts.Length != 3 || parts[2] is not ("HTTP/1.1" or "HTTP/1.0"))
            return null;
        var host = HostName.Canonicalise(parts[1]);
        return host is { IsValid: true, Port: not null } ? host : null;
    }
}
