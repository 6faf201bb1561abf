using Caisson.Policy.Decisions.Paths;

namespace Caisson.Policy.Decisions;

/// <summary>A <c>match[]</c> or <c>deny[]</c> entry, ready to be asked.</summary>
internal sealed class CompiledRule
{
    private static readonly string[] ReadingMethods = ["GET", "HEAD", "OPTIONS"];

    private readonly PathMatcher[] paths;
    private readonly string[] methods;
    private readonly bool writes;

    public CompiledRule(MatchRule source, string label)
    {
        Source = source;
        Label = label;
        methods = [.. source.Methods];
        writes = methods.Except(ReadingMethods, StringComparer.OrdinalIgnoreCase).Any();
        paths = [.. source.Paths.Select(Compile)];
    }

    public MatchRule Source { get; }

    /// <summary>For people: <c>routes[2].match[0] (base.md:14)</c>.</summary>
    public string Label { get; }

    public bool HasPaths => paths.Length > 0;

    public bool HasMethods => methods.Length > 0;

    /// <summary>Whether the entry allows the request; <paramref name="strength"/> orders entries by how specific they are.</summary>
    /// <param name="path">Decoded normal form.</param>
    public bool Allows(RequestFacts facts, RouteProtocol protocol, string path, out RuleStrength strength)
    {
        strength = default;
        return AllowsMethod(facts, protocol) && MatchesPath(path, out strength);
    }

    /// <summary>Whether the entry denies the request. Path parameters (<c>/admin;x=1</c>) can't be used to step round it.</summary>
    public bool Denies(RequestFacts facts, string path)
    {
        // A WebSocket carries both ways whatever its handshake's method, so no method condition lets it off.
        if (HasMethods && facts.Protocol != RequestProtocol.WebSocket && !Lists(facts.Method))
            return false;
        return MatchesPath(path, out _) || (path.Contains(';', StringComparison.Ordinal) && MatchesPath(WithoutParameters(path), out _));
    }

    public bool Lists(string method)
    {
        foreach (var listed in methods)
        {
            if (string.Equals(listed, method, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    public bool MatchesPath(string path, out RuleStrength strength)
    {
        strength = new RuleStrength(0, 0, 0, HasMethods);
        if (paths.Length == 0)
            return true;
        var any = false;
        foreach (var matcher in paths)
        {
            if (!matcher.Matches(path))
                continue;
            var found = RuleStrength.Of(matcher, HasMethods);
            if (!any || found.Compare(strength) > 0)
                strength = found;
            any = true;
        }
        return any;
    }

    internal IReadOnlyList<PathMatcher> Paths => paths;

    // A WebSocket carries data out as well as in: an entry that lists reading methods alone does not allow one, unless its route is for WebSockets.
    private bool AllowsMethod(RequestFacts facts, RouteProtocol protocol)
    {
        if (!HasMethods)
            return true;
        return facts.Protocol == RequestProtocol.WebSocket
            ? Lists("GET") && (writes || protocol == RouteProtocol.WebSocket)
            : Lists(facts.Method);
    }

    private static string WithoutParameters(string path) => string.Join('/', path.Split('/').Select(segment => segment.Split(';', 2)[0]));

    private static PathMatcher Compile(PathRule rule) =>
        PathMatcher.TryCompile(rule, out var matcher, out var problem)
            ? matcher!
            : throw new ArgumentException($"the path {rule.Value} {problem}", nameof(rule));
}
