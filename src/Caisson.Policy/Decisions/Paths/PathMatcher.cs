using System.Text;
using System.Text.RegularExpressions;

namespace Caisson.Policy.Decisions.Paths;

/// <summary>
/// One compiled path condition. All four kinds take time linear in the path: globs and regular expressions run on the engine without backtracking.
/// </summary>
internal sealed class PathMatcher
{
    /// <summary>The longest regular expression or glob.</summary>
    public const int MaximumPattern = 256;

    private readonly string value;
    private readonly Regex? regex;

    private PathMatcher(PathRule rule, string value, Regex? regex)
    {
        Rule = rule;
        this.value = value;
        this.regex = regex;
        LiteralPrefix = rule.Type switch
        {
            PathMatch.Regex => "",
            PathMatch.Glob => value[..IndexOfWildcard(value)],
            _ => value,
        };
        LiteralLength = rule.Type switch
        {
            PathMatch.Regex => 0,
            PathMatch.Glob => value.Count(character => character is not ('*' or '?')),
            _ => value.Length,
        };
    }

    public PathRule Rule { get; }

    /// <summary>What every matching path begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>How much text the condition pins down: the measure of how specific it is.</summary>
    public int LiteralLength { get; }

    /// <summary>Compiles a condition; on failure <paramref name="problem"/> says why in words that fit behind "the path".</summary>
    public static bool TryCompile(PathRule rule, out PathMatcher? matcher, out string problem)
    {
        matcher = null;
        problem = "";
        if (rule.Type is PathMatch.Glob or PathMatch.Regex && rule.Value.Length > MaximumPattern)
            problem = $"is longer than {MaximumPattern} characters";
        else if (rule.Type != PathMatch.Regex && !rule.Value.StartsWith('/'))
            problem = "does not start with '/'";
        else if (rule.Type == PathMatch.Regex)
            return TryRegex(rule, rule.Value, rule.Value, out matcher, out problem);
        else if (rule.Type == PathMatch.Glob)
            return TryRegex(rule, rule.Value, GlobToRegex(rule.Value), out matcher, out problem);
        else if (NormalPath.Of(rule.Value) is { Problem: { } ambiguous })
            problem = ambiguous;
        else
            matcher = new PathMatcher(rule, NormalPath.Of(rule.Value).Decoded, null);
        return matcher is not null;
    }

    /// <param name="path">In the decoded normal form.</param>
    public bool Matches(string path) =>
        Rule.Type switch
        {
            PathMatch.Exact => string.Equals(path, value, StringComparison.Ordinal),
            PathMatch.Prefix => path.StartsWith(value, StringComparison.Ordinal)
                && (path.Length == value.Length || value[^1] == '/' || path[value.Length] == '/'),
            _ => regex!.IsMatch(path),
        };

    private static bool TryRegex(PathRule rule, string value, string pattern, out PathMatcher? matcher, out string problem)
    {
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        (matcher, problem) = (null, "");
        try
        {
            // On its own first: a pattern such as "a)|(?:b" would be whole only inside the wrapping.
            _ = new Regex(pattern, Options);
            matcher = new PathMatcher(rule, value, new Regex(@"\A(?:" + pattern + @")\z", Options));
            return true;
        }
        catch (NotSupportedException)
        {
            problem = "is a regular expression that uses a look-around, backreference or atomic group; those have no linear-time form";
        }
        catch (ArgumentException)
        {
            problem = "is not a valid regular expression";
        }
        return false;
    }

    private static int IndexOfWildcard(string glob)
    {
        var index = glob.AsSpan().IndexOfAny('*', '?');
        return index < 0 ? glob.Length : index;
    }

    // "?" is one character and "*" any number within a segment; "**" crosses segments.
    private static string GlobToRegex(string glob)
    {
        var pattern = new StringBuilder();
        for (var index = 0; index < glob.Length; index++)
        {
            if (glob[index] == '*' && index + 1 < glob.Length && glob[index + 1] == '*')
            {
                pattern.Append(".*");
                index++;
            }
            else if (glob[index] == '*')
            {
                pattern.Append("[^/]*");
            }
            else
            {
                pattern.Append(glob[index] == '?' ? "[^/]" : Regex.Escape(glob[index].ToString()));
            }
        }
        return pattern.ToString();
    }
}
