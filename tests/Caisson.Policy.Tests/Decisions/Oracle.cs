using Caisson.Policy.Decisions;

namespace Caisson.Policy.Tests.Decisions;

/// <summary>The rules of matching said once more, as plainly as possible and without any index, for paths that are already normal.</summary>
internal static class Oracle
{
    public static bool Allows(IReadOnlyList<Route> routes, RequestFacts facts)
    {
        var fitting = routes.Where(route => Fits(route.Host, facts.Host)).ToArray();
        if (fitting.Any(route => route.Deny.Any(rule => Holds(rule, facts))))
            return false;
        var best = fitting.Select(route => Specific(route.Host)).DefaultIfEmpty(-1).Max();
        return fitting
            .Where(route => Specific(route.Host) == best && route.Ports.Contains(facts.Port))
            .Any(route => route.Match.Count == 0 || route.Match.Any(rule => Holds(rule, facts)));
    }

    private static int Specific(string host) =>
        host.StartsWith("**.", StringComparison.Ordinal) ? host.Length
        : host.StartsWith("*.", StringComparison.Ordinal) ? 1000 + host.Length
        : 2000;

    private static bool Fits(string pattern, string host)
    {
        if (!pattern.StartsWith('*'))
            return pattern == host;
        var labels = host.Split('.');
        var suffix = pattern.TrimStart('*').TrimStart('.').Split('.');
        var extra = labels.Length - suffix.Length;
        return labels[Math.Max(extra, 0)..].SequenceEqual(suffix)
            && (pattern.StartsWith("**", StringComparison.Ordinal) ? extra >= 1 : extra == 1);
    }

    private static bool Holds(MatchRule rule, RequestFacts facts) =>
        (rule.Methods.Count == 0 || rule.Methods.Contains(facts.Method))
        && (rule.Paths.Count == 0 || rule.Paths.Any(path => Under(path, facts.Path)));

    private static bool Under(PathRule rule, string path)
    {
        if (rule.Type == PathMatch.Exact)
            return rule.Value == path;
        var wanted = rule.Value.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries).Take(wanted.Length).SequenceEqual(wanted);
    }
}
