namespace Caisson.Terminals.Screen;

/// <summary>What DECSC keeps for each of the two buffers.</summary>
internal struct SavedCursor
{
    public int Column;
    public int Row;
    public Pen Pen;
    public bool Origin;
    public bool NoWrap;

    /// <summary>False until the first DECSC: then DECRC leaves the character sets alone.</summary>
    public bool IsSet;
    public Charsets Charsets;
}
