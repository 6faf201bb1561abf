using System.Buffers;
using Caisson.Detection;
using Caisson.Gateway.Http;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// A request's body that is looked through while it streams: a piece is passed on only after it was scanned together with the end of what came before. A body in
/// some encoding is decoded for the scan and passed on as it came.
/// </summary>
internal sealed class ScannedBody : Stream
{
    private const int Piece = 64 * 1024;

    private readonly ExitRequest request;
    private readonly StreamScanner scanner;
    private readonly RecordedStream raw;
    private readonly Stream decoded;
    private readonly byte[] piece = ArrayPool<byte>.Shared.Rent(Piece);
    private bool ended;
    private long opened;

    /// <param name="body">As it came.</param>
    /// <param name="encodings">Of <c>Content-Encoding</c>, in the order in which they were applied.</param>
    public ScannedBody(Stream body, IReadOnlyList<ContentCoding> encodings, ExitRequest request)
    {
        this.request = request;
        scanner = new StreamScanner(request.Scanner.Scanner);
        raw = new RecordedStream(body);
        decoded = raw;
        foreach (var encoding in encodings.Reverse())
            decoded = ContentCodings.Decode(encoding, decoded);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
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
        while (raw.Released == 0 && !ended)
            await AdvanceAsync(cancellationToken);
        return raw.Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            scanner.Dispose();
            decoded.Dispose();
            ArrayPool<byte>.Shared.Return(piece, clearArray: true);
        }
        base.Dispose(disposing);
    }

    private async Task AdvanceAsync(CancellationToken cancellation)
    {
        var read = await ReadDecodedAsync(cancellation);
        Guard(read);
        if (read > 0)
        {
            foreach (var found in scanner.Scan(piece.AsSpan(0, read)).ByWeight(found => found.Finding))
                Judge(found);
        }
        else
        {
            // What follows the end of a compressed text would reach the other side unread.
            if (!ReferenceEquals(decoded, raw) && await raw.HasMoreAsync(cancellation))
                throw new RefusedBodyException(ScanRefusal.Undecodable("something follows the end of what is compressed"));
            ended = true;
        }
        if (ended || ReferenceEquals(decoded, raw))
            raw.ReleaseAll();
        else
            raw.ReleaseUsed();
    }

    private async ValueTask<int> ReadDecodedAsync(CancellationToken cancellation)
    {
        try
        {
            return await decoded.ReadAsync(piece.AsMemory(0, Piece), cancellation);
        }
        catch (Exception e) when (!ReferenceEquals(decoded, raw) && ContentCodings.IsFault(e))
        {
            throw new RefusedBodyException(ScanRefusal.Undecodable("it is not what its Content-Encoding says"));
        }
    }

    // A little that becomes very much is made to exhaust whoever opens it.
    private void Guard(int read)
    {
        opened += read;
        if (!ReferenceEquals(decoded, raw) && opened > ContentCodings.MostOpened(raw.Count))
            throw new RefusedBodyException(ScanRefusal.Bomb());
    }

    private void Judge(StreamFinding found)
    {
        if (!request.Scanner.Counts(found.Finding, request.Decision, request.Facts))
            return;
        var hit = new ScanHit(found.Finding, "body", found.Start, MatchAction.Of(found.Finding, request.Decision.Route));
        request.Hits.Add(hit);
        // A body that is under way can't be shortened: its length was announced.
        if (hit.Action.Action != DetectAction.Warn)
            throw new RefusedBodyException(ScanRefusal.Of(hit, request.Facts.Host));
    }
}
