namespace Caisson.Policy.Decisions;

/// <summary>Routes and rules as short phrases for refusals.</summary>
internal static class Wording
{
    public static string Ports(IReadOnlyList<int> ports) => (ports.Count == 1 ? "port " : "ports ") + string.Join(", ", ports);

    public static string Protocol(RouteProtocol protocol) =>
        protocol switch
        {
            RouteProtocol.Tcp => "opaque TCP",
            RouteProtocol.Ssh => "SSH",
            RouteProtocol.WebSocket => "WebSocket",
            RouteProtocol.Grpc => "gRPC",
            _ => "HTTP",
        };

    public static string Protocol(RequestProtocol protocol) =>
        protocol switch
        {
            RequestProtocol.Tcp => "neither HTTP nor TLS",
            RequestProtocol.Ssh => "SSH",
            RequestProtocol.WebSocket => "a WebSocket",
            RequestProtocol.Grpc => "gRPC",
            _ => "HTTP",
        };

    /// <summary>What the host's routes allow on any port, the closest to the request first.</summary>
    /// <param name="path">Decoded normal form.</param>
    public static IReadOnlyList<string> Allowed(RequestFacts facts, HostPlan plan, string path) =>
        [
            .. plan
                .Routes.Where(route => !route.IsOpaque)
                .SelectMany(route => route.Match.Select(rule => (route, rule)))
                .OrderByDescending(pair => pair.rule.MatchesPath(path, out _))
                .ThenByDescending(pair => !pair.rule.HasMethods || pair.rule.Lists(facts.Method))
                .Select(pair => Phrase(facts, pair.route, pair.rule))
                .Distinct(StringComparer.Ordinal),
        ];

    public static string? Nearest(RequestFacts facts, HostPlan plan)
    {
        var allowed = Allowed(facts, plan, facts.Path);
        return allowed.Count > 0 ? allowed[0] : null;
    }

    /// <summary>An allowed host that is probably meant: the same domain, or at most two edits away.</summary>
    public static string? SimilarHost(string host, HostIndex index)
    {
        var patterns = index.Plans.Select(plan => plan.Pattern).ToArray();
        foreach (var pattern in patterns)
        {
            if (
                pattern.Suffix.EndsWith("." + host, StringComparison.Ordinal)
                || host.EndsWith("." + pattern.Suffix, StringComparison.Ordinal)
                || pattern.Suffix == host
            )
                return pattern.ToString();
        }
        foreach (var pattern in patterns)
        {
            if (Suggestion.Distance(host, pattern.Suffix, 2) <= 2)
                return pattern.ToString();
        }
        return null;
    }

    private static string Phrase(RequestFacts facts, CompiledRoute route, CompiledRule rule)
    {
        var methods = rule.HasMethods ? string.Join('|', rule.Source.Methods) : "any method";
        var port = route.Covers(facts.Port) ? facts.Port : route.Source.Ports[0];
        var secure = facts.Tls || port == 443;
        var authority = port == (secure ? 443 : 80) ? facts.Host : $"{facts.Host}:{port}";
        var paths = rule.HasPaths ? string.Join(" or ", rule.Source.Paths.Take(3).Select(Path)) : "/…";
        return $"{methods} {(secure ? "https" : "http")}://{authority}{paths}";
    }

    private static string Path(PathRule path) =>
        path.Type switch
        {
            PathMatch.Prefix => path.Value.TrimEnd('/') + "/…",
            PathMatch.Exact => path.Value,
            PathMatch.Glob => $"{path.Value} (glob)",
            _ => $" matching {path.Value}",
        };
}
