namespace Caisson.Agents.Configuration;

/// <summary>
/// Where things stand in a TOML file: enough to set single keys without touching anything else. Not a parser of values, whose ends it finds
/// but whose meaning it leaves alone.
/// </summary>
internal sealed class TomlDocument
{
    /// <param name="Path">Full key from the root.</param>
    /// <param name="Table">Table that it stands in.</param>
    /// <param name="First">Its first line.</param>
    /// <param name="Last">Its last line.</param>
    /// <param name="ValueStart">Column after the equals sign, in its first line.</param>
    /// <param name="ValueEnd">Column behind the value, in its last line.</param>
    internal sealed record Entry(
        IReadOnlyList<string> Path,
        IReadOnlyList<string> Table,
        int First,
        int Last,
        int ValueStart,
        int ValueEnd
    );

    internal sealed record Header(IReadOnlyList<string> Path, int Line);

    internal List<string> Lines { get; }
    internal List<Entry> Entries { get; } = [];

    /// <summary>Plain tables; the entries of arrays of tables are not listed, as no key of ours lies in one.</summary>
    internal List<Header> Headers { get; } = [];

    /// <summary>First line that begins a table of any kind, or the number of lines.</summary>
    internal int FirstHeader { get; private set; }

    /// <summary>Why the text is no TOML, with its line; or null.</summary>
    internal string? Error { get; private set; }

    internal TomlDocument(string text)
    {
        Lines = [.. text.Split('\n')];
        FirstHeader = Lines.Count;
        IReadOnlyList<string>? table = [];
        for (var index = 0; index < Lines.Count && Error is null; index++)
        {
            var line = new TomlLine(Lines[index]);
            line.SkipBlanks();
            if (IsBlank(Lines[index].AsSpan(line.Position)))
                continue;
            if (line.Take('['))
                table = ReadHeader(ref line, index);
            else
                index = ReadEntry(ref line, table, index);
        }
    }

    private static bool IsBlank(ReadOnlySpan<char> rest) => rest is [] or ['#', ..] or ['\r', ..];

    /// <summary>The table that begins here; null for an array's.</summary>
    private IReadOnlyList<string>? ReadHeader(ref TomlLine line, int index)
    {
        FirstHeader = Math.Min(FirstHeader, index);
        var isArray = line.Take('[');
        var path = line.TakeKey();
        if (path is null || !line.Take(']') || (isArray && !line.Take(']')))
            Error = $"line {index + 1}: a table's name was expected";
        else if (!isArray)
            Headers.Add(new Header(path, index));
        return isArray ? null : path;
    }

    /// <summary>Returns the entry's last line.</summary>
    private int ReadEntry(ref TomlLine line, IReadOnlyList<string>? table, int index)
    {
        var key = line.TakeKey();
        if (key is null || !line.Take('='))
        {
            Error = $"line {index + 1}: 'key = value' was expected";
            return index;
        }
        var end = TomlValue.FindEnd(Lines, index, line.Position);
        if (end is not { } found)
        {
            Error = $"line {index + 1}: the value of {string.Join('.', key)} has no end";
            return index;
        }
        if (table is not null)
            Entries.Add(new Entry([.. table, .. key], table, index, found.Line, line.Position, found.Column));
        return found.Line;
    }
}
