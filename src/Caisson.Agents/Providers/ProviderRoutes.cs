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

    /// <summary>GET, HEAD and OPTIONS of these paths and what lies below them.</summary>
    internal static MatchRule Reading(string provider, params IEnumerable<string> prefixes) =>
        Rule(provider, Read, PathMatch.Prefix, prefixes);

    /// <summary>GET, HEAD and OPTIONS of exactly these paths.</summary>
    internal static MatchRule ReadingExactly(string provider, params IEnumerable<string> paths) =>
        Rule(provider, Read, PathMatch.Exact, paths);

    /// <summary>POST to exactly these paths.</summary>
    internal static MatchRule Posting(string provider, params IEnumerable<string> paths) =>
        Rule(provider, ["POST"], PathMatch.Exact, paths);

    /// <summary>
    /// POST to exactly these paths, or a WebSocket in its place. That is opened with GET and carries data out, so one entry has to allow both.
    /// </summary>
    internal static MatchRule Conversing(string provider, params IEnumerable<string> paths) =>
        Rule(provider, ["GET", "POST"], PathMatch.Exact, paths);

    private static MatchRule Rule(string provider, IReadOnlyList<string> methods, PathMatch type, IEnumerable<string> paths) =>
        new()
        {
            Methods = methods,
            Paths = [.. paths.Select(path => new PathRule(type, path))],
            Origin = OriginOf(provider),
        };
}
