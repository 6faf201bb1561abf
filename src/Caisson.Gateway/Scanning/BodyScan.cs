using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;
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

    /// <summary>
    /// A body of at most so many bytes is looked through before anything is sent, so that its refusal is the answer, whatever an upstream would have said before it
    /// read the body.
    /// </summary>
    public const int MostEarly = 64 << 10;

    private const int MostRounds = 8;

    /// <param name="idle">How long a program may say nothing in the middle of its body.</param>
    /// <returns>Why the body can't leave, or null.</returns>
    public static async ValueTask<Decision?> PrepareAsync(ExitRequest request, TimeSpan idle)
    {
        var http = request.Context.Request;
        if (request.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return null;
        if (!ContentCodings.TryRead(http.Headers.ContentEncoding, out var codings, out var fault))
            return ScanRefusal.Undecodable(fault);
        var redacts = request.Facts.Protocol == RequestProtocol.Http && MatchAction.MayRedact(request.Decision.Route);
        var most = redacts ? MostRedacted : MostEarly;
        // What has no length may be a conversation, of which the next part waits for an answer.
        if (http.ContentLength > most || (http.ContentLength is null && !redacts))
            return Stream(request, codings);
        var (raw, isWhole, broken) = await WholeBody.ReadAsync(request, most, idle);
        if (broken is not null)
            return broken;
        if (isWhole)
        {
            var (text, refusal) = await WholeBody.DecodeAsync(request, raw, codings, MostRedacted);
            if (refusal is not null)
                return refusal;
            if (text is not null)
                return Look(request, raw, text);
        }
        http.Body = new PrefixedStream(raw, http.Body);
        return Stream(request, codings);
    }

    private static Decision? Stream(ExitRequest request, IReadOnlyList<ContentCoding> codings)
    {
        request.BodyEncodings = codings;
        return null;
    }

    private static Decision? Look(ExitRequest request, byte[] raw, byte[] text)
    {
        var isPlain = ReferenceEquals(raw, text);
        // What an agent shows its model of its environment; and what stands beside the compressed text in its packing.
        if (isPlain)
            request.State.Placeholders.Hide(text, request.Facts);
        else if (Judge(request, raw, isFirst: true, isLast: true).Refused is { } beside)
            return beside;
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
            left = Redaction.Apply(request.Scanner.Scanner, left, taken, Mark(request.Context.Request.ContentType));
        }
        if (ReferenceEquals(left, text))
            return null;
        // It goes on without the encoding: who accepts an encoded body accepts a plain one.
        foreach (var header in (string[])["Content-Encoding", "Content-MD5", "Content-Digest", "Repr-Digest"])
            request.Context.Request.Headers.Remove(header);
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
}
