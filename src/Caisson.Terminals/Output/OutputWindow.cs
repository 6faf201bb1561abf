using System.Buffers;

namespace Caisson.Terminals.Output;

/// <summary>The most recent output in blocks that all viewers share, each byte with its offset since the terminal began. Not thread-safe.</summary>
public sealed class OutputWindow : IDisposable
{
    public const int BlockSize = 64 * 1024;

    private readonly Queue<byte[]> blocks = new();
    private byte[] newest = [];
    private long start;

    /// <param name="offset">Of the first byte that will come.</param>
    public OutputWindow(long offset) => First = End = start = offset;

    /// <summary>Offset of the oldest byte held.</summary>
    public long First { get; private set; }

    /// <summary>Offset after the newest byte.</summary>
    public long End { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var used = (int)((End - start) % BlockSize);
            if (used == 0)
            {
                newest = ArrayPool<byte>.Shared.Rent(BlockSize);
                blocks.Enqueue(newest);
            }
            var piece = bytes[..Math.Min(bytes.Length, BlockSize - used)];
            piece.CopyTo(newest.AsSpan(used));
            End += piece.Length;
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Copies from an offset on that is held; the number of bytes.</summary>
    public int Copy(long offset, Span<byte> target)
    {
        var copied = 0;
        var wanted = (int)Math.Min(target.Length, End - offset);
        var at = start;
        foreach (var block in blocks)
        {
            if (copied == wanted)
                break;
            var from = offset + copied - at;
            if (from < BlockSize)
            {
                var piece = block.AsSpan((int)from, (int)Math.Min(BlockSize - from, wanted - copied));
                piece.CopyTo(target[copied..]);
                copied += piece.Length;
            }
            at += BlockSize;
        }
        return copied;
    }

    /// <summary>Lets go of whole blocks that hold nothing from an offset on.</summary>
    public void Trim(long keepFrom)
    {
        while (start + BlockSize <= Math.Min(keepFrom, End))
        {
            ArrayPool<byte>.Shared.Return(blocks.Dequeue());
            start += BlockSize;
        }
        First = Math.Max(First, start);
    }

    public void Dispose()
    {
        while (blocks.TryDequeue(out var block))
            ArrayPool<byte>.Shared.Return(block);
        First = start = End;
    }
}
