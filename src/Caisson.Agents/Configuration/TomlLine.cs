using System.Text;

namespace Caisson.Agents.Configuration;

/// <summary>Reads the keys at the start of a TOML line (toml.io, v1.0: bare, "basic" and 'literal' keys joined by dots).</summary>
internal ref struct TomlLine(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> text = text;

    /// <summary>Where the next character is read.</summary>
    internal int Position { get; private set; }

    internal void SkipBlanks()
    {
        while (Position < text.Length && text[Position] is ' ' or '\t')
            Position++;
    }

    /// <summary>Takes <paramref name="expected"/>, if it comes next.</summary>
    internal bool Take(char expected)
    {
        if (Position >= text.Length || text[Position] != expected)
            return false;
        Position++;
        return true;
    }

    /// <summary>The dotted key that stands here, or null where there is none.</summary>
    internal List<string>? TakeKey()
    {
        var parts = new List<string>();
        do
        {
            SkipBlanks();
            if (TakePart() is not { } part)
                return null;
            parts.Add(part);
            SkipBlanks();
        } while (Take('.'));
        return parts;
    }

    private string? TakePart()
    {
        if (Take('\''))
            return TakeUntil('\'', escapes: false);
        if (Take('"'))
            return TakeUntil('"', escapes: true);
        var start = Position;
        while (Position < text.Length && (char.IsAsciiLetterOrDigit(text[Position]) || text[Position] is '_' or '-'))
            Position++;
        return Position > start ? text[start..Position].ToString() : null;
    }

    /// <summary>Escapes other than of quote and backslash are kept as written: no key of ours has any.</summary>
    private string? TakeUntil(char quote, bool escapes)
    {
        var part = new StringBuilder();
        while (Position < text.Length)
        {
            var next = text[Position++];
            if (next == quote)
                return part.ToString();
            if (escapes && next == '\\' && Position < text.Length && text[Position] is '"' or '\\')
                next = text[Position++];
            part.Append(next);
        }
        return null;
    }
}
