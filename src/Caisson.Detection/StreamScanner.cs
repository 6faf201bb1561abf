using System.Buffers;
using System.Runtime.InteropServices;
using Caisson.Detection.Findings;

namespace Caisson.Detection;

/// <summary>
/// Scans a stream piece by piece, each together with the end of what came before it. Who forwards a piece only after its scan never lets a whole match through:
/// at most its beginning has left. One stream's pieces come one after the other.
/// </summary>
public sealed class StreamScanner : IDisposable
{
    /// <summary>The least that is kept of what came before, in bytes.</summary>
    public const int LeastKept = 4096;

    private const int Piece = 64 * 1024;

    private readonly Scanner scanner;
    private readonly int most;
    private byte[]? buffer;
    private int kept;
    private long position;

    public StreamScanner(Scanner scanner)
    {
        this.scanner = scanner;
        most = Math.Max(LeastKept, scanner.Longest);
    }

    /// <summary>How many bytes have been scanned.</summary>
    public long Position => position;

    /// <summary>What is found in a piece or ends in it. Places are counted from the beginning of the stream, and may so lie before the piece.</summary>
    /// <param name="piece">Of any length; it is copied.</param>
    public IReadOnlyList<StreamFinding> Scan(ReadOnlySpan<byte> piece)
    {
        var found = new List<StreamFinding>();
        buffer ??= ArrayPool<byte>.Shared.Rent(most + Piece);
        while (!piece.IsEmpty)
        {
            var part = piece[..Math.Min(Piece, piece.Length)];
            piece = piece[part.Length..];
            part.CopyTo(buffer.AsSpan(kept));
            var window = buffer.AsSpan(0, kept + part.Length);
            foreach (var finding in scanner.Scan(window))
            {
                // What lies in the kept part alone was told with it.
                if (finding.Start + finding.Length > kept)
                    found.Add(new StreamFinding(position - kept + finding.Start, finding));
            }
            position += part.Length;
            var rest = Math.Min(most, window.Length);
            window[^rest..].CopyTo(buffer);
            kept = rest;
        }
        return found;
    }

    public void Dispose()
    {
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = null;
    }
}

/// <param name="Start">Of the finding, in bytes from the beginning of the stream.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StreamFinding(long Start, Finding Finding);
