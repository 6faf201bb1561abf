using System.Text;

namespace Caisson.Policy.Loading;

/// <summary>One fault (or, in a list of warnings, one oddity) of a file, with its place and the likely meaning.</summary>
public sealed record PolicyError
{
    public required string File { get; init; }

    /// <summary>From 1; 0 where the fault concerns the whole file.</summary>
    public int Line { get; init; }

    /// <summary>From 1.</summary>
    public int Column { get; init; }

    /// <summary><c>routes[0].match[1].paths</c>, or empty.</summary>
    public string KeyPath { get; init; } = "";

    /// <summary>What is wrong, in words that stand on their own.</summary>
    public required string Message { get; init; }

    /// <summary>The nearest allowed word, or null.</summary>
    public string? DidYouMean { get; init; }

    /// <summary>The words allowed here, where the fault is an unknown one.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary><c>base.md:12:3: routes[0].hots: unknown key; did you mean 'host'? Allowed: …</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder(File);
        if (Line > 0)
            text.Append(':').Append(Line).Append(':').Append(Column);
        text.Append(": ");
        if (KeyPath.Length > 0)
            text.Append(KeyPath).Append(": ");
        text.Append(Message);
        if (DidYouMean is not null)
            text.Append("; did you mean '").Append(DidYouMean).Append("'?");
        if (Allowed.Count > 0)
            text.Append(DidYouMean is null ? ". Allowed: " : " Allowed: ").AppendJoin(", ", Allowed).Append('.');
        return text.ToString();
    }
}
