using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>
/// Joins the routes of several policies. A later route takes over host, port and protocol from an earlier one; the earlier one's deny entries stay in
/// force on that host, and its other ports stay its own.
/// </summary>
internal static class RouteMerge
{
    public static IReadOnlyList<Route> Merge(IReadOnlyList<PolicyManifest> policies)
    {
        var several = policies.Count > 1;
        var merged = new List<Route>();
        foreach (var policy in policies)
        {
            foreach (var written in policy.Routes)
            {
                // "routes[0]" alone would be ambiguous between files; the origin behind it tells them apart, the name helps people.
                var route = several ? written with { Label = $"{policy.Name}:{written.Label}" } : written;
                var inherited = new List<MatchRule>();
                for (var at = merged.Count - 1; at >= 0; at--)
                {
                    var earlier = merged[at];
                    if (earlier.Host != route.Host || earlier.Protocol != route.Protocol || !earlier.Ports.Intersect(route.Ports).Any())
                        continue;
                    inherited.InsertRange(0, earlier.Deny);
                    var left = earlier.Ports.Except(route.Ports).ToArray();
                    if (left.Length == 0)
                        merged.RemoveAt(at);
                    else
                        merged[at] = earlier with { Ports = left };
                }
                merged.Add(inherited.Count == 0 ? route : route with { Deny = [.. inherited, .. route.Deny] });
            }
        }
        return merged;
    }
}
