using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Caisson.Detection.Checks;

namespace Caisson.Detection.Rules;

/// <summary>A rule that can be looked for. Its expressions run in linear time whatever the text is.</summary>
public sealed class CompiledRule
{
    internal const string SecretGroup = "secret";

    // The dot and classes must not depend on the machine's language; unnamed groups are for precedence only.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // Stands behind every text that is searched. With a line feed there .NET 9 and 10 find a match but give its groups wrongly (NonBacktracking).
    private const char End = '\0';

    private readonly string expression;
    private readonly Lazy<Regex> pattern;
    private readonly Lazy<Regex>? near;
    private readonly Func<string, bool>[] checks;
    private readonly bool hasGroup;

    private CompiledRule(Rule rule)
    {
        Rule = rule;
        // Made when a keyword is first met: making all of them takes longer than a command may.
        expression = RulePieces.Expand(rule.Pattern);
        pattern = new Lazy<Regex>(() => new Regex(rule.Before == 0 ? @"\A(?:" + expression + ")" : expression, Options));
        near = rule.Near is null ? null : new Lazy<Regex>(() => new Regex(rule.Near.Pattern, Options));
        checks = [.. rule.Checks.Select(ValueChecks.Find)];
        hasGroup = rule.Pattern.Contains("(?<" + SecretGroup + ">", StringComparison.Ordinal);
    }

    public Rule Rule { get; }

    /// <summary>Null, and why in words, where the rule can't work or its own examples say that it doesn't.</summary>
    public static CompiledRule? Make(Rule rule, out string? fault)
    {
        var made = Shallow(rule, out fault);
        if (made is null)
            return null;
        fault = made.ExpressionFault() ?? made.ExampleFault();
        return fault is null ? made : null;
    }

    /// <summary>Without trying expressions and examples; for rules that the build has tried.</summary>
    internal static CompiledRule? Shallow(Rule rule, out string? fault)
    {
        fault = rule.Keywords.FirstOrDefault(keyword => keyword.Length < Search.KeywordIndex.Shortest || !Ascii.IsValid(keyword))
            is { } keyword
            ? $"the keyword '{keyword}' needs at least {Search.KeywordIndex.Shortest} characters of ASCII"
            : null;
        return fault is null ? new CompiledRule(rule) : null;
    }

    /// <summary>Looks for a match around a keyword.</summary>
    /// <param name="content">All of the text.</param>
    /// <param name="keyword">Where the keyword begins.</param>
    /// <param name="characters">Room for <see cref="Rule.Before"/> and <see cref="Rule.Longest"/> characters and one more.</param>
    internal RuleMatch? Find(ReadOnlySpan<byte> content, int keyword, Span<char> characters)
    {
        // Most keywords that are met stand inside other words: seen here, they cost nothing.
        if (Rule.Boundary && Rule.Before == 0 && keyword > 0 && IsWord(content[keyword - 1]))
            return null;
        var start = Math.Max(0, keyword - Rule.Before);
        var end = (int)Math.Min(content.Length, (long)keyword + Rule.Longest);
        var window = characters[..(end - start + 1)];
        Latin1.Widen(content[start..end], window[..^1]);
        window[^1] = End;
        foreach (var match in pattern.Value.EnumerateMatches(window))
        {
            var at = start + match.Index;
            if (match.Length == 0 || (Rule.Boundary && at > 0 && IsWord(content[at - 1])))
                continue;
            // Of a match with a group only its text is kept, and only here: nearly all keywords lead to no match.
            var text = window.Slice(match.Index, Math.Min(match.Length, window.Length - 1 - match.Index)).ToString();
            var (offset, value) = Value(text);
            if (Passes(value) && IsNear(content, at, text.Length))
                return new RuleMatch(at, text.Length, at + offset, value.Length);
        }
        return null;
    }

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value == '_';

    private (int Offset, string Value) Value(string text)
    {
        if (!hasGroup)
            return (0, text);
        var group = pattern.Value.Match(text + End).Groups[SecretGroup];
        return group.Success ? (group.Index, group.Value) : (0, text);
    }

    private bool Passes(string value)
    {
        if (StandIns.Is(value) || (Rule.Entropy > 0 && Shannon.BitsPerCharacter(value) < Rule.Entropy))
            return false;
        foreach (var check in checks)
        {
            if (!check(value))
                return false;
        }
        return true;
    }

    private bool IsNear(ReadOnlySpan<byte> content, int start, int length)
    {
        if (near is null)
            return true;
        var from = Math.Max(0, start - Rule.Near!.Within);
        var to = Math.Min(content.Length, start + length + Rule.Near.Within);
        // What stands beside the match, not what is part of it.
        return near.Value.IsMatch(Encoding.Latin1.GetString(content[from..start]))
            || near.Value.IsMatch(Encoding.Latin1.GetString(content[(start + length)..to]));
    }

    private string? ExpressionFault()
    {
        try
        {
            if (pattern.Value.IsMatch("") || near?.Value.IsMatch("") == true)
                return "the expression matches an empty text";
        }
        catch (NotSupportedException)
        {
            return "the expression looks around or refers back (or is atomic), which takes more than linear time: write it without";
        }
        catch (RegexParseException exception)
        {
            return $"the expression can't be read at character {exception.Offset}: {exception.Error}";
        }
        return null;
    }

    private string? ExampleFault()
    {
        foreach (var example in Rule.Examples.Where(text => !IsIn(text)))
            return $"the example of {example.Length} characters that begins '{example[..Math.Min(4, example.Length)]}' is not found";
        foreach (var example in Rule.CounterExamples.Where(IsIn))
            return $"the counter example of {example.Length} characters that begins '{example[..Math.Min(4, example.Length)]}' is found";
        return null;
    }

    /// <summary>It stands in the text.</summary>
    internal bool IsIn(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var characters = new char[Rule.Before + Rule.Longest + 1];
        foreach (var keyword in Rule.Keywords)
        {
            for (
                var at = text.IndexOf(keyword, StringComparison.OrdinalIgnoreCase);
                at >= 0;
                at = text.IndexOf(keyword, at + 1, StringComparison.OrdinalIgnoreCase)
            )
            {
                if (Find(content, Encoding.UTF8.GetByteCount(text.AsSpan(0, at)), characters) is not null)
                    return true;
            }
        }
        return false;
    }
}

/// <summary>A match and, in it, the value; in bytes from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RuleMatch(int Start, int Length, int ValueStart, int ValueLength);
