namespace Caisson.Agents.Configuration;

/// <summary>Finds where a TOML value ends: strings of all four kinds, and lists over several lines.</summary>
internal static class TomlValue
{
    /// <param name="lines">The file.</param>
    /// <param name="index">Line that the value starts in.</param>
    /// <param name="column">Where it starts.</param>
    /// <returns>Line and column behind the value, trailing blanks and comment not counted; null where the file ends before it.</returns>
    internal static (int Line, int Column)? FindEnd(List<string> lines, int index, int column)
    {
        var depth = 0;
        string? quote = null;
        for (; index < lines.Count; index++, column = 0)
        {
            var line = lines[index];
            var end = column;
            while (column < line.Length)
            {
                if (quote is null && line[column] == '#')
                    break;
                var width = Step(line, column, ref quote, ref depth);
                if (quote is not null || !char.IsWhiteSpace(line[column]))
                    end = column + width;
                column += width;
            }
            if (quote is null && depth == 0)
                return (index, end);
            // A one-line string can't go on in the next line.
            if (quote?.Length == 1)
                return null;
        }
        return null;
    }

    /// <summary>Reads one token of a value and returns its width.</summary>
    private static int Step(string line, int column, ref string? quote, ref int depth)
    {
        var rest = line.AsSpan(column);
        if (quote is not null)
        {
            if (rest[0] == '\\' && quote[0] == '"')
                return Math.Min(2, rest.Length);
            if (!rest.StartsWith(quote))
                return 1;
            var width = quote.Length;
            // Up to two quotes may stand directly before the closing three.
            while (quote.Length == 3 && width < 5 && width < rest.Length && rest[width] == quote[0])
                width++;
            quote = null;
            return width;
        }
        if (rest[0] is '"' or '\'')
        {
            quote = new string(rest[0], rest.StartsWith("\"\"\"") || rest.StartsWith("'''") ? 3 : 1);
            return quote.Length;
        }
        depth += rest[0] switch
        {
            '[' or '{' => 1,
            ']' or '}' => -1,
            _ => 0,
        };
        return 1;
    }
}
