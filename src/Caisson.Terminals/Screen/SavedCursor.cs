namespace Caisson.Terminals.Screen;

/// <summary>What DECSC keeps for each of the two buffers.</summary>
internal struct SavedCursor
{
    public int Column;
    public int Row;
    public Pen Pen;
    public bool Origin;

    /// <summary>False until the first DECSC.</summary>
    public bool IsSet;
    public Charsets Charsets;
}
