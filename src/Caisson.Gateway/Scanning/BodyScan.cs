using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// How a request's body is looked through: while it streams, or, where findings are to be taken out of it, as a whole before anything is sent, since its length
/// changes.
/// </summary>
internal static class BodyScan
{
    /// <summary>The longest body from which findings are taken out, in bytes; a longer one is denied at its first finding.</summary>
    public const int MostRedacted = 16 << 20;

    private const int MostRounds = 8;

    /// <returns>Why the body can't leave, or null.</returns>
    public static async ValueTask<Decision?> PrepareAsync(ExitRequest request)
    {
        var http = request.Context.Request;
        if (request.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return null;
        if (!ContentCodings.TryRead(http.Headers.ContentEncoding, out var codings, out var fault))
            return ScanRefusal.Undecodable(fault);
        if (!Redacts(request) || http.ContentLength > MostRedacted)
        {
            request.BodyEncodings = codings;
            return null;
        }
        var body = request.State.Placeholders.Guard(http.Body, request.Facts);
        var (bytes, isWhole) = await ReadAsync(body, request.Context.RequestAborted);
        if (!isWhole)
        {
            http.Body = new PrefixedStream(bytes, http.Body);
            request.BodyEncodings = codings;
            return null;
        }
        return await RedactAsync(request, bytes, codings);
    }

    private static bool Redacts(ExitRequest request) =>
        request.Facts.Protocol == RequestProtocol.Http && MatchAction.MayRedact(request.Decision.Route);

    private static async Task<Decision?> RedactAsync(ExitRequest request, byte[] raw, IReadOnlyList<ContentCoding> codings)
    {
        var http = request.Context.Request;
        var (text, refusal) = await DecodeAsync(raw, codings, request.Context.RequestAborted);
        if (refusal is not null)
            return refusal;
        request.WholeBody = raw;
        var left = text;
        // One round may uncover what stood under another finding. What stays after all of them does not leave.
        for (var round = 0; ; round++)
        {
            var (taken, refused) = Judge(request, left, isFirst: round == 0, isLast: round == MostRounds);
            if (refused is not null)
                return refused;
            if (taken.Count == 0)
                break;
            left = Redaction.Apply(request.Scanner.Scanner, left, taken, Mark(http.ContentType));
        }
        if (ReferenceEquals(left, text))
            return null;
        // It goes on without the encoding: who accepts an encoded body accepts a plain one.
        foreach (var header in (string[])["Content-Encoding", "Content-MD5", "Content-Digest", "Repr-Digest"])
            http.Headers.Remove(header);
        request.WholeBody = left;
        return null;
    }

    // What is to be taken out, or why the body can't leave. Only what the agent wrote is on record, not what the rounds after it see.
    private static (List<Finding> Taken, Decision? Refused) Judge(ExitRequest request, byte[] text, bool isFirst, bool isLast)
    {
        var taken = new List<Finding>();
        foreach (var finding in request.Scanner.Scanner.Scan(text).ByWeight(finding => finding))
        {
            if (!request.Scanner.Counts(finding, request.Decision, request.Facts))
                continue;
            var hit = new ScanHit(finding, "body", finding.Start, MatchAction.Of(finding, request.Decision.Route));
            if (isFirst)
                request.Hits.Add(hit);
            if (hit.Action.Action == DetectAction.Redact && !isLast)
                taken.Add(finding);
            else if (hit.Action.Action != DetectAction.Warn)
                return (taken, ScanRefusal.Of(hit, request.Facts.Host));
        }
        return (taken, null);
    }

    private static Func<string, string> Mark(string? contentType) =>
        contentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
            ? rule => Uri.EscapeDataString($"[caisson:{rule}]")
            : rule => $"[caisson:{rule}]";

    private static async Task<(byte[] Bytes, bool IsWhole)> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        var piece = new byte[64 * 1024];
        while (true)
        {
            var read = await body.ReadAsync(piece, cancellation);
            if (read == 0)
                return (bytes.ToArray(), true);
            bytes.Write(piece, 0, read);
            if (bytes.Length > MostRedacted)
                return (bytes.ToArray(), false);
        }
    }

    private static async Task<(byte[] Text, Decision? Refusal)> DecodeAsync(
        byte[] raw,
        IReadOnlyList<ContentCoding> codings,
        CancellationToken cancellation
    )
    {
        if (codings.Count == 0)
            return (raw, null);
        var recorded = new RecordedStream(new MemoryStream(raw));
        Stream decoded = recorded;
        foreach (var coding in codings.Reverse())
            decoded = ContentCodings.Decode(coding, decoded);
        var text = new MemoryStream();
        var piece = new byte[64 * 1024];
        try
        {
            await using (decoded)
            {
                while (await decoded.ReadAsync(piece, cancellation) is > 0 and var read)
                {
                    text.Write(piece, 0, read);
                    if (text.Length > ContentCodings.MostOpened(raw.Length))
                        return ([], ScanRefusal.Bomb());
                }
                if (await recorded.HasMoreAsync(cancellation))
                    return ([], ScanRefusal.Undecodable("something follows the end of what is compressed"));
            }
        }
        catch (Exception e) when (ContentCodings.IsFault(e))
        {
            return ([], ScanRefusal.Undecodable("it is not what its Content-Encoding says"));
        }
        return (text.ToArray(), null);
    }
}
