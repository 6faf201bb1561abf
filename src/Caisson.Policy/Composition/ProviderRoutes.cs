using Caisson.Policy.Hosts;

namespace Caisson.Policy.Composition;

/// <summary>
/// Hosts that an agent provider claims take the provider's route, so that the agent works. The policy's deny entries for such a host still apply, for
/// they only tighten; its allows there are reported as shadowed. The policy's routes for other hosts stay as they are.
/// </summary>
internal static class ProviderRoutes
{
    public static EffectivePolicy Add(EffectivePolicy policy, IReadOnlyList<Route> provided)
    {
        var routes = new List<Route>();
        var shadowed = new List<string>(policy.Shadowed);
        var kept = new Dictionary<string, List<MatchRule>>(StringComparer.Ordinal);
        foreach (var route in policy.Routes)
        {
            if (!provided.Any(other => other.Host == route.Host))
            {
                routes.Add(route);
                continue;
            }
            // Where a credential goes on a claimed host is the provider's word too.
            shadowed.Add(
                $"{route.Label ?? "route"} for {route.Host} ({route.Origin}): the agent provider's own route decides what is allowed there"
            );
            if (!kept.TryGetValue(route.Host, out var denials))
                kept[route.Host] = denials = [];
            denials.AddRange(route.Deny);
        }
        routes.AddRange(
            provided.Select(route =>
                kept.TryGetValue(route.Host, out var denials) ? route with { Deny = [.. denials, .. route.Deny] } : route
            )
        );
        shadowed.AddRange(Overruled(routes, provided));
        return policy with { Routes = routes, Shadowed = shadowed };
    }

    // A wildcard of the provider must not loosen a narrower route of the policy; the narrower one decides, and people are told.
    private static IEnumerable<string> Overruled(List<Route> routes, IReadOnlyList<Route> provided)
    {
        foreach (var wide in provided)
        {
            if (!HostPattern.TryParse(wide.Host, out var pattern, out _) || pattern.Kind == HostPatternKind.Exact)
                continue;
            foreach (var narrow in routes.Where(route => route.Origin.Layer != Layer.AgentProvider && route.Host != wide.Host))
            {
                if (HostPattern.TryParse(narrow.Host, out var inner, out _) && pattern.Covers(inner))
                    yield return $"{wide.Host} of the agent provider: for {narrow.Host} the policy's own route decides ({narrow.Origin})";
            }
        }
    }
}
