namespace Caisson.Terminals.Screen;

/// <summary>
/// Values that cells name by an index: each once, counted from 1. An index never changes while a cell has it; what no cell has any more is found by
/// looking through all cells when the table is full, so a stream of ever new values can't take the memory.
/// </summary>
internal sealed class Interned<T>(int limit)
    where T : notnull
{
    private readonly Dictionary<T, int> indexes = [];
    private readonly Stack<int> free = [];
    private T?[] values = new T?[16];
    private int used;
    private int refusals;

    public T this[int index] => values[index]!;

    public int Count => indexes.Count;

    /// <summary>The highest index that was ever given.</summary>
    public int Last => used;

    /// <summary>The index of the value, or 0 when there is no more room for it.</summary>
    /// <param name="sweep">Finds out which indexes are in use, by setting them.</param>
    public int Intern(T value, Action<bool[]> sweep)
    {
        if (indexes.TryGetValue(value, out var known))
            return known;
        // A table full of what is in use isn't looked through for each new value.
        if (indexes.Count >= limit && (refusals++ % limit != 0 || !Sweep(sweep)))
            return 0;
        refusals = 0;
        if (!free.TryPop(out var index))
            index = ++used;
        Put(index, value);
        return index;
    }

    public void Put(int index, T value)
    {
        if (index >= values.Length)
            Array.Resize(ref values, Math.Max(index + 1, values.Length * 2));
        values[index] = value;
        indexes[value] = index;
        used = Math.Max(used, index);
    }

    public void Clear()
    {
        indexes.Clear();
        free.Clear();
        values = new T?[16];
        used = 0;
        refusals = 0;
    }

    public IEnumerable<(int Index, T Value)> All => indexes.Select(pair => (pair.Value, pair.Key)).OrderBy(pair => pair.Value);

    /// <summary>After values were put in at given indexes: the indexes between them are free.</summary>
    public void Settle()
    {
        var taken = new bool[used + 1];
        foreach (var index in indexes.Values)
            taken[index] = true;
        free.Clear();
        for (var i = used; i > 0; i--)
        {
            if (!taken[i])
                free.Push(i);
        }
    }

    private bool Sweep(Action<bool[]> sweep)
    {
        var inUse = new bool[used + 1];
        sweep(inUse);
        Keep(inUse);
        return indexes.Count < limit;
    }

    /// <summary>Lets go of every value that isn't in use.</summary>
    public void Keep(bool[] inUse)
    {
        for (var i = used; i > 0; i--)
        {
            if (!inUse[i] && values[i] is { } value && indexes.Remove(value))
            {
                values[i] = default;
                free.Push(i);
            }
        }
    }
}
