using Caisson.Policy;

namespace Caisson.Agents;

/// <summary>Short forms for the routes that providers bring.</summary>
internal static class ProviderRoutes
{
    private static readonly string[] Read = ["GET", "HEAD", "OPTIONS"];

    internal static Origin OriginOf(string provider) => new(Layer.AgentProvider, $"agent provider {provider}");

    internal static Route To(string provider, string host, string? credential, string comment, params IReadOnlyList<MatchRule> match) =>
        new()
        {
            Host = host,
            Ports = [443],
            Credential = credential,
            Match = match,
            Comment = comment,
            Label = $"agent provider {provider}, {host}",
            Origin = OriginOf(provider),
        };

    internal static MatchRule Reading(string provider, params IEnumerable<string> prefixes) =>
        Rule(provider, Read, prefixes.Select(prefix => new PathRule(PathMatch.Prefix, prefix)));

    internal static MatchRule Posting(string provider, params IEnumerable<string> paths) =>
        Rule(provider, ["POST"], paths.Select(path => new PathRule(PathMatch.Exact, path)));

    private static MatchRule Rule(string provider, IReadOnlyList<string> methods, IEnumerable<PathRule> paths) =>
        new()
        {
            Methods = methods,
            Paths = [.. paths],
            Origin = OriginOf(provider),
        };
}
