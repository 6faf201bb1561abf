using System.Runtime.CompilerServices;

namespace Caisson.Terminals.Screen;

/// <summary>A bit for each column of the widest screen.</summary>
internal struct TabStops
{
    public const int Distance = 8;

    [InlineArray(Words)]
    public struct Bits
    {
        private ulong first;
    }

    public const int Words = (TerminalScreen.MaximumColumns + 63) / 64;

    public Bits Set;

    public bool this[int column]
    {
        readonly get => (Set[column >> 6] >> (column & 63) & 1) != 0;
        set
        {
            if (value)
                Set[column >> 6] |= 1UL << (column & 63);
            else
                Set[column >> 6] &= ~(1UL << (column & 63));
        }
    }

    public void Clear() => Set = default;

    /// <summary>Every eighth column from one up to, not with, another; none after that.</summary>
    public void SetDefaults(int from, int columns)
    {
        for (var i = from; i < Words * 64; i++)
            this[i] = i < columns && i % Distance == 0;
    }

    public readonly bool IsDefault(int columns)
    {
        for (var i = 0; i < columns; i++)
        {
            if (this[i] != (i % Distance == 0))
                return false;
        }
        return true;
    }

    public readonly int Next(int column, int columns)
    {
        while (++column < columns)
        {
            if (this[column])
                return column;
        }
        return columns - 1;
    }

    public readonly int Previous(int column)
    {
        while (--column > 0)
        {
            if (this[column])
                return column;
        }
        return 0;
    }
}
