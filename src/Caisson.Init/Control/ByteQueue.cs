namespace Caisson.Init.Control;

/// <summary>Bytes that go in at one end and out at the other. Idle, it holds no memory worth mentioning.</summary>
internal struct ByteQueue
{
    private const int Kept = 4096;
    private byte[] _bytes;
    private int _start;
    private int _end;

    public ByteQueue() => _bytes = [];

    internal readonly int Length => _end - _start;

    internal readonly Span<byte> Content => _bytes.AsSpan(_start, Length);

    /// <summary>Room for at least this many more bytes; report what was used with <see cref="Added"/>.</summary>
    internal Span<byte> Room(int count)
    {
        if (_end + count > _bytes.Length)
        {
            var content = Content;
            var target = Length + count > _bytes.Length ? new byte[Math.Max(Length + count, 2 * Length)] : _bytes;
            content.CopyTo(target);
            (_bytes, _start, _end) = (target, 0, content.Length);
        }

        return _bytes.AsSpan(_end);
    }

    internal void Added(int count) => _end += count;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _end += bytes.Length;
    }

    internal void Remove(int count)
    {
        _start += count;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (_bytes.Length > Kept)
            {
                _bytes = [];
            }
        }
    }
}
