using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>
/// The last bytes of one output stream, each with its absolute offset since the stream began. The memory is the kernel's zero page until
/// it is written, so a quiet process costs a page, not the ring's size. What is older may lie in a file instead: bytes before
/// <see cref="Spilled"/> are there, at the places that they would have in memory, and new ones always go to memory.
/// </summary>
internal sealed unsafe class OutputRing : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int SpilledAtATime = 1 << 20;
    private byte* _memory;
    private SpillFile? _file;
    private long _lost;

    internal OutputRing(int capacity)
    {
        Capacity = capacity;
        _memory = Libc.MapMemory(null, capacity, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)_memory == -1)
        {
            throw new KernelException("memory for a process's output", Libc.Errno);
        }
    }

    internal int Capacity { get; }

    /// <summary>Offset after the newest byte.</summary>
    internal long End { get; private set; }

    /// <summary>Offset of the oldest byte held.</summary>
    internal long First => Math.Max(_lost, End - Capacity);

    /// <summary>Bytes before this offset are in the file, or no longer held.</summary>
    internal long Spilled { get; private set; }

    internal StreamRange Range => new(First, End);

    /// <summary>Where the next bytes go: at most <paramref name="most"/>, and never over the ring's edge. Report them with <see cref="Advance"/>.</summary>
    internal Span<byte> Next(long most)
    {
        var at = (int)(End % Capacity);
        return new Span<byte>(_memory + at, (int)Math.Min(most, Capacity - at));
    }

    internal void Advance(int count)
    {
        End += count;
        if (_file is not null && First >= Spilled)
        {
            CloseFile(); // all that it holds has been written over
        }
    }

    /// <summary>
    /// Bytes from an offset on that is held; at most <paramref name="most"/>, and less at the ring's edge and where memory follows the file. They are
    /// valid until the next call. None: the file could not be read, and what was there is held no longer.
    /// </summary>
    internal Span<byte> From(long offset, int most)
    {
        var at = (int)(offset % Capacity);
        var length = (int)Math.Min(Math.Min(most, End - offset), Capacity - at);
        if (_file is null || offset >= Spilled)
        {
            return new Span<byte>(_memory + at, length);
        }

        var bytes = _file.Read(at, (int)Math.Min(length, Spilled - offset));
        if (bytes.IsEmpty)
        {
            Diagnostics.Report(new KernelException($"reading output {offset} to {Spilled} of a process back from disk", _file.ErrorNumber));
            _lost = Spilled;
            CloseFile();
        }

        return bytes;
    }

    /// <summary>
    /// Moves the oldest piece that is in memory into the file, which is made by <paramref name="open"/> at first; true while more is left. When it fails,
    /// everything is held where it was: the places in the file that were written are those of bytes that had left the ring.
    /// </summary>
    /// <exception cref="KernelException">The disk is full, or there is no place for the file.</exception>
    internal bool SpillPiece(Func<SpillFile> open)
    {
        var start = Math.Max(Spilled, First);
        if (start == End)
        {
            return false;
        }

        _file ??= open();
        var at = start % Capacity;
        // Pieces end at whole pages, which alone can be given back.
        var edge = Math.Min(Capacity, (at / SpilledAtATime + 1) * SpilledAtATime);
        var length = (int)Math.Min(edge - at, End - start);
        _file.Write(new ReadOnlySpan<byte>(_memory + at, length), at);
        Spilled = start + length;
        Release(at, at + length);
        return Spilled < End;
    }

    public void Dispose()
    {
        CloseFile();
        if (_memory is not null)
        {
            _ = Libc.UnmapMemory(_memory, Capacity);
            _memory = null;
        }
    }

    private void Release(long from, long to)
    {
        long page = Environment.SystemPageSize;
        from = (from + page - 1) / page * page;
        to = to == Capacity ? (to + page - 1) / page * page : to / page * page;
        if (from < to)
        {
            _ = Libc.DropMemory(_memory + from, (nint)(to - from));
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }
}
