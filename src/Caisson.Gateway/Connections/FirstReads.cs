using System.Buffers;
using System.IO.Pipelines;
using Caisson.Init.Protocol.Exit;

namespace Caisson.Gateway.Connections;

/// <summary>What was found in a ClientHello.</summary>
/// <param name="ServerName">As sent, or null.</param>
/// <param name="IsEncrypted">Whether there is an Encrypted ClientHello extension.</param>
internal sealed record HelloFacts(string? ServerName, bool IsEncrypted);

/// <summary>The timed first reads of a connection: the header, which is consumed, and the first bytes, which are only looked at.</summary>
internal sealed class FirstReads(GatewayTimeouts timeouts, TimeProvider time)
{
    /// <summary>
    /// No header when it is malformed, late, or the connection ended before; or when PID 1 only asked whether the gateway lives: then that
    /// question was read, and the close is the answer.
    /// </summary>
    public async Task<(ExitHeader? Header, bool IsLiveness)> HeaderAsync(PipeReader input)
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
                return default;
            }
            var bytes = read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray();
            if (ExitHeader.IsLiveness(bytes))
            {
                input.AdvanceTo(read.Buffer.End);
                return (null, true);
            }
            var result = ExitHeader.TryRead(bytes, out var header, out var consumed);
            if (result == ExitHeaderResult.Complete)
            {
                input.AdvanceTo(read.Buffer.GetPosition(consumed));
                return (header, false);
            }
            if (result == ExitHeaderResult.Malformed || read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.End);
                return default;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Leaves all bytes, marked as unread, to whoever reads next.</summary>
    public async Task<(WireProtocol Protocol, HelloFacts? Hello)> ClassifyAsync(PipeReader input)
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

    private static (WireProtocol Protocol, HelloFacts? Hello) Classify(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var protocol = FirstBytes.Classify(bytes);
        if (protocol != WireProtocol.Tls)
            return (protocol, null);
        return ClientHello.Parse(bytes, out var hello) switch
        {
            HelloStatus.Complete => (WireProtocol.Tls, new HelloFacts(hello.ServerName, hello.IsEncrypted)),
            HelloStatus.Incomplete => (WireProtocol.Undecided, null),
            _ => (WireProtocol.Other, null),
        };
    }
}
