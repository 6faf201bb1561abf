using Caisson.Detection;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// A request's body that is looked through while it streams: a piece is passed on only after it was scanned together with the end of what came before. A body in
/// some encoding is decoded for the scan and passed on as it came.
/// </summary>
internal sealed class ScannedBody : ReadOnlyBody
{
    private const int Piece = 64 * 1024;

    private readonly ExitRequest request;
    private readonly IReadOnlyList<ContentCoding> encodings;
    private readonly StreamScanner scanner;
    private readonly StreamScanner? packing;
    private readonly RecordedStream raw;
    private readonly Stream decoded;
    private readonly byte[] piece = new byte[Piece];
    private bool ended;
    private long opened;

    /// <param name="body">As it came.</param>
    /// <param name="encodings">Of <c>Content-Encoding</c>, in the order in which they were applied.</param>
    public ScannedBody(Stream body, IReadOnlyList<ContentCoding> encodings, ExitRequest request)
    {
        this.request = request;
        this.encodings = encodings;
        scanner = new StreamScanner(request.Scanner.Scanner);
        raw = new RecordedStream(body);
        decoded = raw;
        // Names, comments and what else stands in a packing beside the text leave as well.
        packing = encodings.Count == 0 ? null : new StreamScanner(request.Scanner.Scanner);
        foreach (var encoding in encodings.Reverse())
            decoded = ContentCodings.Decode(encoding, decoded);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (raw.Released == 0 && !ended)
            await AdvanceAsync(cancellationToken);
        return raw.Take(buffer.Span);
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
                Refuse(ScanRefusal.Undecodable("something follows the end of what is compressed"));
            ended = true;
        }
        if (packing is not null)
        {
            foreach (var found in packing.Scan(raw.TakeNew()).ByWeight(found => found.Finding))
                Judge(found);
        }
        if (ended || ReferenceEquals(decoded, raw))
            raw.ReleaseAll();
        else
            raw.ReleaseUsed(ContentCodings.Lag(encodings));
    }

    private async ValueTask<int> ReadDecodedAsync(CancellationToken cancellation)
    {
        try
        {
            return await decoded.ReadAsync(piece, cancellation);
        }
        catch (Exception e) when (!ReferenceEquals(decoded, raw) && ContentCodings.IsFault(e))
        {
            Refuse(ScanRefusal.Undecodable("it is not what its Content-Encoding says, or holds very much beside its text"));
            throw;
        }
    }

    // On record also when whoever sent it didn't wait, or was answered before.
    private void Refuse(Decision decision)
    {
        request.Refusal = decision;
        throw new RefusedBodyException(decision);
    }

    // A little that becomes very much is made to exhaust whoever opens it.
    private void Guard(int read)
    {
        opened += read;
        if (!ReferenceEquals(decoded, raw) && opened > ContentCodings.MostOpened(raw.Count))
            Refuse(ScanRefusal.Bomb());
    }

    private void Judge(StreamFinding found)
    {
        if (!request.Scanner.Counts(found.Finding, request.Decision, request.Facts))
            return;
        var hit = new ScanHit(found.Finding, "body", found.Start, MatchAction.Of(found.Finding, request.Decision.Route));
        request.Hits.Add(hit);
        // A body that is under way can't be shortened: its length was announced.
        if (hit.Action.Action != DetectAction.Warn)
            Refuse(ScanRefusal.Of(hit, request.Facts.Host));
    }
}
