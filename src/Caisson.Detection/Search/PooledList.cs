using System.Buffers;

namespace Caisson.Detection.Search;

/// <summary>A list on a rented array, so that a scan that is made a thousand times a second allocates nothing. Must be disposed.</summary>
internal struct PooledList<T> : IDisposable
    where T : unmanaged
{
    private T[]? items;

    internal int Count { get; private set; }

    internal readonly Span<T> Items => items.AsSpan(0, Count);

    internal void Add(T item)
    {
        if (items is null || Count == items.Length)
            Grow();
        items![Count++] = item;
    }

    internal void Clear() => Count = 0;

    public void Dispose()
    {
        if (items is not null)
            ArrayPool<T>.Shared.Return(items);
        items = null;
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(64, Count * 2));
        items.AsSpan(0, Count).CopyTo(larger);
        if (items is not null)
            ArrayPool<T>.Shared.Return(items);
        items = larger;
    }
}
