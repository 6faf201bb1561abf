using System.Buffers;
using Caisson.Detection;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>
/// The program's side of a WebSocket: what is read from it has been looked through, what is written to it passes as it is. What may not leave ends the
/// connection with a close frame to both sides.
/// </summary>
internal sealed class ScannedSocket : Stream
{
    // Both sides answer a close frame at once; who doesn't is cut off.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Stream inner;
    private readonly ExitRequest request;
    private readonly TimeProvider time;
    private readonly StreamScanner scanner;
    private readonly OutgoingMessages messages;
    private readonly ServerFrames answers = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly byte[] piece = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private byte[]? closing;
    private bool isClosed;
    private bool isServerTold;

    /// <param name="inner">As the program writes and reads it.</param>
    /// <param name="inflater">Of what the server agreed on; ours from here.</param>
    public ScannedSocket(Stream inner, MessageInflater? inflater, ExitRequest request, TimeProvider time)
    {
        this.inner = inner;
        this.request = request;
        this.time = time;
        scanner = new StreamScanner(request.Scanner.Scanner);
        messages = new OutgoingMessages(inflater, Look);
    }

    /// <summary>What the program sent, in bytes.</summary>
    public long Sent { get; private set; }

    /// <summary>What was passed on to it, in bytes.</summary>
    public long Received { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            if (messages.Release(buffer.Span) is > 0 and var released)
                return released;
            if (request.Refusal is { } refusal)
            {
                if (isServerTold)
                {
                    await Task.Delay(Grace, time, cancellationToken);
                    throw new RefusedBodyException(refusal);
                }
                messages.Append(CloseFrame.ForServer(WebSocketFault.PolicyViolation));
                isServerTold = true;
                continue;
            }
            var read = await inner.ReadAsync(piece, cancellationToken);
            if (read == 0)
                return 0;
            Sent += read;
            var fault = messages.Add(piece.AsSpan(0, read));
            if (fault is not null)
                request.Refusal = ScanRefusal.Unreadable(fault);
            if (request.Refusal is { } found)
                await CloseAsync(fault?.Code ?? WebSocketFault.PolicyViolation, found);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            if (isClosed)
                return;
            var count = answers.Follow(buffer.Span, untilEnd: closing is not null);
            Received += count;
            await inner.WriteAsync(buffer[..count], cancellationToken);
            await FinishAsync(cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>After a refusal: lets the program read the close frame, and answer it, before the connection ends.</summary>
    public async Task EndAsync()
    {
        if (isClosed)
        {
            using var limit = new CancellationTokenSource(Grace, time);
            try
            {
                while (!messages.IsClosed && await inner.ReadAsync(piece, limit.Token) is > 0 and var read)
                    messages.Add(piece.AsSpan(0, read));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // It left without an answer, or had its time.
            }
        }
        scanner.Dispose();
        messages.Dispose();
        writing.Dispose();
        ArrayPool<byte>.Shared.Return(piece, clearArray: true);
        await inner.DisposeAsync();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool Look(ReadOnlyMemory<byte> text)
    {
        var start = scanner.Position;
        foreach (var found in scanner.Scan(text.Span).ByWeight(found => found.Finding))
        {
            if (!request.Scanner.Counts(found.Finding, request.Decision, request.Facts))
                continue;
            // The line feed in front is ours; what began in an earlier message is told at the beginning of this one.
            var hit = new ScanHit(
                found.Finding,
                "message",
                Math.Max(0, found.Start - start - 1),
                MatchAction.Of(found.Finding, request.Decision.Route)
            );
            request.Hits.Add(hit);
            // A message can't be rewritten: what is compressed after it builds on it.
            if (hit.Action.Action != DetectAction.Warn)
                request.Refusal ??= ScanRefusal.Of(hit, request.Facts.Host);
        }
        return request.Refusal is null;
    }

    private async Task CloseAsync(int code, Decision refusal)
    {
        await writing.WaitAsync();
        try
        {
            closing = CloseFrame.ForClient(code, $"{refusal.Reason!.Value.WireName()}: {refusal.Message}");
            await FinishAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The program is gone; it is denied and on record all the same.
            isClosed = true;
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task FinishAsync(CancellationToken cancellation)
    {
        if (closing is null || isClosed || !(answers.IsBetween || answers.IsLost))
            return;
        isClosed = true;
        if (answers.IsLost || answers.IsClosed)
            return;
        await inner.WriteAsync(closing, cancellation);
        await inner.FlushAsync(cancellation);
    }
}
