using Caisson.Policy.Hosts;

namespace Caisson.Policy.Decisions;

/// <summary>
/// All that concerns the hosts whose most specific pattern is <see cref="Pattern"/>: its own routes, and the denials of every wider pattern that
/// matches those hosts too. The wider patterns are the same for each such host, so the plan is made once.
/// </summary>
internal sealed class HostPlan
{
    public HostPlan(HostPattern pattern, IReadOnlyList<CompiledRoute> all)
    {
        Pattern = pattern;
        var applying = all.Where(route => route.Pattern == pattern || Applies(route.Pattern, pattern)).ToArray();
        Routes = [.. all.Where(route => route.Pattern == pattern)];
        Denials = [.. applying.SelectMany(route => route.Deny.Select(rule => new Denial(rule, route)))];
        var rules = Routes.SelectMany(route => route.Match).Concat(Denials.Select(denial => denial.Rule)).ToArray();
        HasPathRules = rules.Any(rule => rule.HasPaths);
        HasMethodRules = rules.Any(rule => rule.HasMethods);
    }

    public HostPattern Pattern { get; }

    public CompiledRoute[] Routes { get; }

    public Denial[] Denials { get; }

    public bool HasPathRules { get; }

    public bool HasMethodRules { get; }

    public bool CoversPort(int port)
    {
        foreach (var route in Routes)
        {
            if (route.Covers(port))
                return true;
        }
        return false;
    }

    // "*.example.com" stands for hosts one label deeper, so "**.example.com" covers it though it is no wider name.
    private static bool Applies(HostPattern wider, HostPattern pattern) => wider.Kind != HostPatternKind.Exact && wider.Covers(pattern);
}

/// <summary>A deny entry with the route that it was written on.</summary>
internal readonly record struct Denial(CompiledRule Rule, CompiledRoute Route);
