using System.Buffers;
using Caisson.Detection.Decoding;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;
using Caisson.Detection.Search;
using Caisson.Detection.SeedPhrases;

namespace Caisson.Detection;

/// <summary>
/// Looks for secrets in bytes: (1) keywords lead to rules, (2) rows of words are tried as seed phrases, (3) squeezed text leads to known values, (4) what is
/// written in some coding is opened and looked through in turn. No input and output; any number of threads may use one at a time.
/// </summary>
public sealed class Scanner(RuleSet rules, KnownIndex known, Fingerprints fingerprints, ScanLimits limits)
{
    // Between texts that were opened. No coding and no rule goes on over it.
    private const byte Seam = 0x1E;

    private static readonly Coding[] Codings =
    [
        Coding.Base64,
        Coding.Base32,
        Coding.Hex,
        Coding.Escapes,
        Coding.QuotedPrintable,
        Coding.Utf16,
        Coding.Unicode,
        Coding.Separated,
    ];

    /// <summary>The longest text in which one match may lie, in bytes.</summary>
    public int Longest => Math.Max(rules.Longest, known.Longest);

    /// <summary>All that is found, in the order of the content; none, and nothing allocated, where there is nothing.</summary>
    public IReadOnlyList<Finding> Scan(ReadOnlySpan<byte> content)
    {
        var run = new Run { Budget = Math.Max(limits.OpenedAtLeast, (long)content.Length * limits.OpenedPerByte) };
        Scan(content, [], default, ref run);
        if (run.Budget < 0)
            run.Add(Bomb(content.Length, "so much is packed in it that looking through all of it was given up"));
        // What is told may be none that counts; what is not told must not pass for nothing.
        if (run.IsFull(limits))
            run.Add(Bomb(content.Length, $"more than {limits.Findings} things were found in it, and the rest was not looked at"));
        return run.Findings is null ? [] : Ordered(run.Findings);
    }

    /// <param name="origins">Where opened text came from; none for the content itself.</param>
    private void Scan(ReadOnlySpan<byte> view, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        Patterns(view, origins, chain, ref run);
        Phrases(view, origins, chain, ref run);
        KnownValues(view, origins, chain, ref run);
        if (chain.Length < limits.Depth)
            Open(view, origins, chain, ref run);
    }

    // 1
    private void Patterns(ReadOnlySpan<byte> view, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        var hits = new PooledList<KeywordHit>();
        rules.Keywords.Find(view, ref hits);
        if (hits.Count > 0)
        {
            var characters = ArrayPool<char>.Shared.Rent(rules.Longest + 1);
            foreach (var hit in hits.Items)
            {
                foreach (var rule in rules.RulesOf(hit.Keyword))
                {
                    if (!run.IsFull(limits) && rule.Find(view, hit.Start, characters) is { } match)
                        run.Add(
                            Found(
                                rule.Rule,
                                view.Slice(match.ValueStart, match.ValueLength),
                                chain,
                                PlaceOf(origins, match.ValueStart, match.ValueLength)
                            )
                        );
                }
            }
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }
        hits.Dispose();
    }

    // 2
    private void Phrases(ReadOnlySpan<byte> view, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        var phrases = new PooledList<Place>();
        SeedPhraseFinder.Find(view, ref phrases);
        foreach (var phrase in phrases.Items)
        {
            if (!run.IsFull(limits))
                run.Add(
                    Found(
                        SeedPhraseFinder.Rule,
                        view.Slice(phrase.Start, phrase.Length),
                        chain,
                        PlaceOf(origins, phrase.Start, phrase.Length)
                    )
                );
        }
        phrases.Dispose();
    }

    private void Add(KnownHit hit, int start, int length, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        if (!run.IsFull(limits))
            run.Add(Found(known.Secret(hit), chain.Names(known.FormOf(hit)), PlaceOf(origins, start, length)) with { Extent = hit.Length });
    }

    // 3
    private void KnownValues(ReadOnlySpan<byte> view, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        if (known.Count == 0)
            return;
        var squeezed = ArrayPool<byte>.Shared.Rent(view.Length + Squeezed.Slack);
        var length = Squeezed.Squeeze(view, squeezed);
        var hits = new PooledList<KnownHit>();
        known.Find(squeezed.AsSpan(0, length), ref hits);
        // Places in the text, each counted from the one before it: they come nearly in order.
        var (passed, place) = (0, 0);
        foreach (var hit in hits.Items)
        {
            if (run.IsFull(limits))
                break;
            if (hit.Start < passed)
                (passed, place) = (0, 0);
            place += Squeezed.Place(view[place..], hit.Start - passed);
            passed = hit.Start;
            var count = Squeezed.Place(view[place..], hit.Length - 1) + 1;
            Add(hit, place, count, origins, chain, ref run);
        }
        hits.Clear();
        known.FindSigns(view, ref hits);
        foreach (var hit in hits.Items)
            Add(hit, hit.Start, hit.Length, origins, chain, ref run);
        hits.Dispose();
        ArrayPool<byte>.Shared.Return(squeezed, clearArray: true);
    }

    // 4: of each coding everything that is written in it, and in every way that it may be read, is opened into one text.
    private void Open(ReadOnlySpan<byte> view, ReadOnlySpan<Origin> origins, DecodeChain chain, ref Run run)
    {
        var segments = new PooledList<Segment>();
        Segments.Find(view, ref segments);
        if (segments.Count > 0)
        {
            foreach (var coding in Codings)
            {
                if (coding != chain.Last || !Segments.IsOnceForAll(coding))
                    Open(coding, view, segments.Items, origins, chain, ref run);
            }
        }
        segments.Dispose();
    }

    private void Open(
        Coding coding,
        ReadOnlySpan<byte> view,
        ReadOnlySpan<Segment> segments,
        ReadOnlySpan<Origin> origins,
        DecodeChain chain,
        ref Run run
    )
    {
        var ways = Segments.Ways(coding);
        var room = 0L;
        foreach (var segment in segments)
            room += segment.Coding == coding ? (long)ways * (Segments.Room(coding, segment.Length) + 1) : 0;
        if (room == 0)
            return;
        run.Budget -= room;
        if (run.Budget < 0)
            return;
        var opened = ArrayPool<byte>.Shared.Rent((int)room);
        var places = new PooledList<Origin>();
        var written = 0;
        foreach (var segment in segments)
        {
            if (segment.Coding != coding)
                continue;
            var origin = PlaceOf(origins, segment.Start, segment.Length);
            for (var way = 0; way < ways; way++)
            {
                places.Add(origin with { From = written });
                written += Segments.Decode(coding, way, view.Slice(segment.Start, segment.Length), opened.AsSpan(written));
                opened[written++] = Seam;
            }
        }
        Scan(opened.AsSpan(0, written), places.Items, chain.And(coding), ref run);
        places.Dispose();
        ArrayPool<byte>.Shared.Return(opened, clearArray: true);
    }

    // What is plain stands where it stands; what is packed stands where its outermost packing is.
    private static Origin PlaceOf(ReadOnlySpan<Origin> origins, int start, int length) =>
        origins.IsEmpty ? new Origin(0, start, length) : Origin.Of(origins, start);

    private Finding Found(Rule rule, ReadOnlySpan<byte> value, DecodeChain chain, Origin place) =>
        new()
        {
            Rule = rule.Id,
            Severity = rule.Severity,
            Kind = FindingKind.Pattern,
            Description = rule.Description,
            Start = place.Start,
            Length = place.Length,
            Chain = chain.Names(""),
            Preview = Fingerprints.Preview(value),
            Fingerprint = fingerprints.Of(value),
        };

    private Finding Found(KnownSecret secret, IReadOnlyList<string> chain, Origin place) =>
        new()
        {
            Rule = secret.Kind switch
            {
                KnownKind.Canary => "canary",
                KnownKind.Placeholder => "placeholder_misuse",
                _ => "known",
            },
            Severity = Severity.Critical,
            Kind = secret.Kind switch
            {
                KnownKind.Canary => FindingKind.Canary,
                KnownKind.Placeholder => FindingKind.Placeholder,
                _ => FindingKind.Known,
            },
            Description = secret.Name,
            Start = place.Start,
            Length = place.Length,
            Chain = chain,
            Preview = Fingerprints.Preview(secret.Value.Span),
            Fingerprint = fingerprints.Of(secret.Value.Span),
        };

    private static Finding Bomb(int length, string what) =>
        new()
        {
            Rule = "bomb",
            Severity = Severity.High,
            Kind = FindingKind.Bomb,
            Description = what,
            Start = 0,
            Length = length,
            Preview = "…",
            Fingerprint = "",
        };

    // One value is often seen by several paths: plain, and as a part of a longer run that was opened. The plainest view counts.
    private IReadOnlyList<Finding> Ordered(List<Finding> findings)
    {
        var kept = new List<Finding>();
        foreach (var finding in findings.OrderBy(item => item.Chain.Count).ThenBy(item => item.Start))
        {
            if (!kept.Exists(other => Same(other, finding)))
                kept.Add(finding);
        }
        return [.. kept.OrderBy(item => item.Start)];
    }

    private static bool Same(Finding one, Finding other) =>
        one.Fingerprint == other.Fingerprint
        && one.Rule == other.Rule
        && one.Start < other.Start + other.Length
        && other.Start < one.Start + one.Length;

    private struct Run
    {
        public long Budget;
        public List<Finding>? Findings;

        // Hostile text may be nothing but findings; one more than are told is enough to know that.
        public readonly bool IsFull(ScanLimits limits) => Findings?.Count >= limits.Findings;

        public void Add(Finding finding) => (Findings ??= []).Add(finding);
    }
}
