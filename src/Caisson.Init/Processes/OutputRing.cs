using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>
/// The last bytes of one output stream, each with its absolute offset since the stream began. The memory is the kernel's zero page until
/// it is written, so a quiet process costs a page, not the ring's size.
/// </summary>
internal sealed unsafe class OutputRing : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private byte* _memory;

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
    internal long First => Math.Max(0, End - Capacity);

    internal StreamRange Range => new(First, End);

    /// <summary>Where the next bytes go: at most <paramref name="most"/>, and never over the ring's edge. Report them with <see cref="Advance"/>.</summary>
    internal Span<byte> Next(long most)
    {
        var at = (int)(End % Capacity);
        return new Span<byte>(_memory + at, (int)Math.Min(most, Capacity - at));
    }

    internal void Advance(int count) => End += count;

    /// <summary>Bytes from an offset on that is held; at most <paramref name="most"/>, and less at the ring's edge.</summary>
    internal Span<byte> From(long offset, int most)
    {
        var at = (int)(offset % Capacity);
        return new Span<byte>(_memory + at, (int)Math.Min(Math.Min(most, End - offset), Capacity - at));
    }

    public void Dispose()
    {
        if (_memory is not null)
        {
            _ = Libc.UnmapMemory(_memory, Capacity);
            _memory = null;
        }
    }
}
