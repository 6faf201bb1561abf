using Caisson.Policy.Decisions.Paths;

namespace Caisson.Policy.Decisions;

/// <summary>
/// How specific a matching entry is: exact paths first, then the more literal text, then prefix before glob before regular expression, then entries
/// with methods before those without.
/// </summary>
internal readonly record struct RuleStrength(int Exact, int Literal, int Kind, bool Methods)
{
    public static RuleStrength Of(PathMatcher matcher, bool methods) =>
        new(
            matcher.Rule.Type == PathMatch.Exact ? 1 : 0,
            matcher.LiteralLength,
            matcher.Rule.Type switch
            {
                PathMatch.Exact => 4,
                PathMatch.Prefix => 3,
                PathMatch.Glob => 2,
                _ => 1,
            },
            methods
        );

    public int Compare(RuleStrength other)
    {
        var order = Exact.CompareTo(other.Exact);
        if (order == 0)
            order = Literal.CompareTo(other.Literal);
        if (order == 0)
            order = Kind.CompareTo(other.Kind);
        return order == 0 ? Methods.CompareTo(other.Methods) : order;
    }
}
