using Caisson.Policy.Decisions.Paths;

namespace Caisson.Policy.Decisions;

/// <summary>
/// Two match entries of a route that could apply to one request, are equally specific and name different credentials: nobody could say which one is
/// injected, so the route doesn't load.
/// </summary>
internal static class CredentialChoice
{
    public static CredentialConflict? Conflict(Route route)
    {
        var rules = route.Match.Select((rule, at) => new CompiledRule(rule, $"match[{at}]")).ToArray();
        for (var first = 0; first < rules.Length; first++)
        {
            for (var second = first + 1; second < rules.Length; second++)
            {
                if (Collide(rules[first], rules[second], route.Credential))
                    return new CredentialConflict(route, first, second);
            }
        }
        return null;
    }

    private static bool Collide(CompiledRule one, CompiledRule other, string? inherited)
    {
        if (string.Equals(one.Source.Credential ?? inherited, other.Source.Credential ?? inherited, StringComparison.Ordinal))
            return false;
        if (one.HasMethods != other.HasMethods)
            return false;
        if (one.HasMethods && !one.Source.Methods.Any(other.Lists))
            return false;
        if (!one.HasPaths || !other.HasPaths)
            return one.HasPaths == other.HasPaths;
        return one.Paths.Any(left => other.Paths.Any(right => Overlap(left, right)));
    }

    // Regular expressions and globs can't be compared cheaply: equal strength and no differing literal start count as an overlap.
    private static bool Overlap(PathMatcher left, PathMatcher right)
    {
        if (RuleStrength.Of(left, false) != RuleStrength.Of(right, false))
            return false;
        if (left.Rule.Type is PathMatch.Exact or PathMatch.Prefix)
            return left.LiteralPrefix == right.LiteralPrefix;
        var length = Math.Min(left.LiteralPrefix.Length, right.LiteralPrefix.Length);
        return left.LiteralPrefix.AsSpan(0, length).SequenceEqual(right.LiteralPrefix.AsSpan(0, length));
    }
}

/// <param name="First">Index in <c>match[]</c>.</param>
/// <param name="Second">Index in <c>match[]</c>, greater.</param>
internal sealed record CredentialConflict(Route Route, int First, int Second)
{
    public string Message =>
        $"match[{First}] and match[{Second}] of the route for {Route.Host} can apply to the same request, are equally specific and name different "
        + "credentials; give one of them a longer path or other methods";
}
