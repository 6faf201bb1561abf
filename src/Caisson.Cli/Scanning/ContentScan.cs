using Caisson.Detection;
using Caisson.Detection.Containers;
using Caisson.Detection.Places;

namespace Caisson.Cli.Scanning;

/// <summary>Scans one content: as it is and, where it is a container, what is in it. Any number of threads may use one.</summary>
internal sealed class ContentScan(Scanner scanner)
{
    /// <summary>A container from a pipe is held in memory up to this many bytes.</summary>
    private const int MostFromPipe = 256 << 20;

    /// <param name="path">What the content is called.</param>
    /// <param name="content">From its beginning.</param>
    /// <exception cref="IOException">It can't be read to its end.</exception>
    internal ScanResult Scan(string path, Stream content, CancellationToken cancellation)
    {
        var beginning = new byte[ContainerKinds.Look];
        var read = content.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        var isContainer = ContainerKinds.Of(beginning.AsSpan(0, read)) != ContainerKind.None;
        var whole =
            content.CanSeek ? content
            : isContainer ? InMemory(beginning.AsSpan(0, read), content)
            : new RejoinedStream(beginning.AsMemory(0, read), content);
        var packed = isContainer ? Packed(path, Rewound(whole), cancellation) : [];
        var plain = new List<LocatedFinding>();
        var bytes = LocatedScan.Scan(scanner, whole.CanSeek ? Rewound(whole) : whole, plain, cancellation);
        // What a container holds unpacked is seen in it, too.
        var seen = packed.Select(finding => (finding.Rule, finding.Fingerprint)).ToHashSet();
        var findings = plain
            .Select(finding => Of(path, finding))
            .Where(finding => !seen.Contains((finding.Rule, finding.Fingerprint)))
            .Concat(packed);
        return new ScanResult([.. findings], bytes);
    }

    private List<ScanFinding> Packed(string path, Stream content, CancellationToken cancellation)
    {
        var findings = new List<ScanFinding>();
        var reader = new ContainerReader(
            ContainerLimits.Default,
            (name, part) =>
            {
                var found = new List<LocatedFinding>();
                try
                {
                    LocatedScan.Scan(scanner, part, found, cancellation);
                }
                finally
                {
                    // Also of an entry that breaks off.
                    findings.AddRange(found.Select(finding => Of(name, finding)));
                }
            },
            fault => findings.Add(new ScanFinding(null, fault.Path, 1, 1, 1, 1, fault.Rule, "high", fault.Description, [], "…", null))
        );
        reader.Read(path, content);
        return findings;
    }

    private static ScanFinding Of(string path, LocatedFinding found) =>
        new(
            null,
            path,
            found.Start.Line,
            found.Start.Column,
            found.End.Line,
            found.End.Column,
            found.Finding.Rule,
            found.Finding.Severity.ToString().ToLowerInvariant(),
            found.Finding.Description,
            found.Finding.Chain,
            found.Finding.Preview,
            found.Finding.Fingerprint.Length == 0 ? null : found.Finding.Fingerprint
        );

    private static Stream Rewound(Stream content)
    {
        content.Position = 0;
        return content;
    }

    private static MemoryStream InMemory(ReadOnlySpan<byte> beginning, Stream rest)
    {
        var copy = new MemoryStream();
        copy.Write(beginning);
        var piece = new byte[64 * 1024];
        int read;
        while ((read = rest.Read(piece)) > 0)
        {
            if (copy.Length + read > MostFromPipe)
                throw new IOException($"an archive of more than {MostFromPipe >> 20} MiB can't be opened from a pipe: scan it as a file");
            copy.Write(piece.AsSpan(0, read));
        }
        return copy;
    }
}
