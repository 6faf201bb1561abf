using Caisson.Policy.Decisions.Paths;
using Caisson.Policy.Hosts;

namespace Caisson.Policy.Decisions;

/// <summary>
/// The decision core: what the routes say about one request. Pure, thread-safe, without input or output; the gateway, <c>policy test</c> and replay
/// call the same code, so they give the same verdict, rule and reason.
/// </summary>
/// <remarks>
/// Order of a decision: 1 the routes of the most specific host pattern, none is a denial; 2 the path in one form; 3 any deny entry of any pattern that
/// matches the host; 4 port and protocol; 5 method overrides; 6 the most specific match entry, which also names the credential.
/// </remarks>
public sealed class RouteTable
{
    private readonly HostIndex index;
    private readonly Refusals refusals;

    private RouteTable(IReadOnlyList<Route> routes)
    {
        Routes = routes;
        index = new HostIndex([.. routes.Select((route, at) => new CompiledRoute(route, at))]);
        refusals = new Refusals(index);
    }

    /// <summary>The routes in force, as given.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>A table without routes: everything is denied.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>
    /// Compiles validated routes. Throws <see cref="ArgumentException"/> for what the loader refuses with a place: a malformed host or path, two match
    /// entries equally specific with different credentials.
    /// </summary>
    public static RouteTable Compile(IReadOnlyList<Route> routes)
    {
        foreach (var route in routes)
        {
            if (CredentialChoice.Conflict(route) is { } conflict)
                throw new ArgumentException(conflict.Message, nameof(routes));
        }
        return new RouteTable([.. routes]);
    }

    /// <summary>Whether only opaque routes (<c>tcp</c>, <c>ssh</c>) cover host and port, so that no first bytes need be awaited: the server may speak first.</summary>
    public bool IsOpaque(string host, int port)
    {
        var routes = index.Find(host)?.Routes.Where(route => route.Covers(port)).ToArray() ?? [];
        return routes.Length > 0 && Array.TrueForAll(routes, route => route.IsOpaque);
    }

    /// <summary>What to do with one request whose head was read.</summary>
    public Decision Decide(RequestFacts facts)
    {
        // 1 routes
        var plan = index.Find(facts.Host);
        if (plan is null)
            return refusals.NoRoute(facts);

        // 2 path
        var path = new NormalPath(facts.Path, facts.Path, null);
        if (plan.HasPathRules && facts.Path.Length > 0)
        {
            path = NormalPath.Of(facts.Path);
            if (path.Problem is not null)
                return Refusals.AmbiguousPath(facts, plan.Routes[0], path.Problem);
        }

        // 3 denials
        foreach (var denial in plan.Denials)
        {
            if (Denies(denial, facts, path.Decoded))
                return refusals.Denied(facts, plan, denial);
        }

        // 4 port and protocol
        var (carried, covered) = (false, false);
        foreach (var route in plan.Routes)
        {
            var covers = route.Covers(facts.Port);
            covered |= covers;
            carried |= covers && route.Carries(facts.Protocol);
        }
        if (!carried)
            return covered ? refusals.WrongProtocol(facts, plan) : refusals.WrongPort(facts, plan);

        // 5 method overrides
        if (plan.HasMethodRules && MethodOverride.Find(facts) is { } carrier)
            return refusals.MethodOverridden(facts, plan, carrier);

        // 6 the most specific entry
        return Choose(plan, facts, path) ?? refusals.NoMatch(facts, plan, path);
    }

    /// <summary>
    /// What a new connection may become. <see cref="RequestFacts.Protocol"/> is what its first bytes look like: TLS and HTTP both count as
    /// <see cref="RequestProtocol.Http"/>. A connection that will be denied is still inspected where its client can read an answer: HTTP or TLS to
    /// a name on any port, to an address on 80 and 443; everything else is refused at once.
    /// </summary>
    public ConnectionDecision DecideConnection(RequestFacts facts)
    {
        var plan = index.Find(facts.Host);
        var http = facts.Protocol is not (RequestProtocol.Tcp or RequestProtocol.Ssh);
        if (plan is null || !plan.CoversPort(facts.Port))
            return NotAllowed(facts, http, plan is null ? refusals.NoRoute(facts) : refusals.WrongPort(facts, plan));

        CompiledRoute? opaque = null;
        foreach (var route in plan.Routes)
        {
            if (!route.Covers(facts.Port))
                continue;
            var closed = http && facts.Tls && route.Source.Tls == TlsMode.Passthrough;
            if (closed && !route.IsOpaque)
                return Unopened(facts, plan, route, ConnectionAction.Passthrough, http);
            if (http && !route.IsOpaque)
                return new ConnectionDecision(ConnectionAction.Inspect, Allowed(route, route.Label, null, ""));
            if (route.Source.Protocol == RouteProtocol.Tcp || (route.IsOpaque && facts.Protocol == RequestProtocol.Ssh))
                opaque ??= route;
        }
        return opaque is null
            ? NotAllowed(facts, http, refusals.WrongProtocol(facts, plan))
            : Unopened(facts, plan, opaque, ConnectionAction.Relay, http);
    }

    private static Decision? Choose(HostPlan plan, RequestFacts facts, NormalPath path)
    {
        CompiledRoute? winner = null;
        CompiledRule? entry = null;
        RuleStrength best = default;
        foreach (var route in plan.Routes)
        {
            if (!route.Covers(facts.Port) || !route.Carries(facts.Protocol))
                continue;
            if (route.Match.Length == 0)
                winner ??= route;
            foreach (var rule in route.Match)
            {
                if (!rule.Allows(facts, route.Source.Protocol, path.Decoded, out var strength))
                    continue;
                if (entry is null || strength.Compare(best) > 0)
                    (winner, entry, best) = (route, rule, strength);
            }
        }
        return winner is null
            ? null
            : Allowed(winner, entry?.Label ?? winner.Label, entry?.Source.Credential ?? winner.Source.Credential, path.Forward);
    }

    private static bool Denies(Denial denial, RequestFacts facts, string path)
    {
        if (facts.Protocol is not (RequestProtocol.Tcp or RequestProtocol.Ssh))
            return denial.Rule.Denies(facts, path);
        return Unseen(denial, facts);
    }

    // Nobody looks into an opaque stream, so an entry that could apply to its port does.
    private static bool Unseen(Denial denial, RequestFacts facts) => denial.Route.Covers(facts.Port);

    private ConnectionDecision Unopened(RequestFacts facts, HostPlan plan, CompiledRoute route, ConnectionAction action, bool http)
    {
        foreach (var denial in plan.Denials)
        {
            if (Unseen(denial, facts))
                return NotAllowed(facts, http, refusals.Denied(facts, plan, denial));
        }
        return new ConnectionDecision(action, Allowed(route, route.Label, null, ""));
    }

    private static ConnectionDecision NotAllowed(RequestFacts facts, bool http, Decision decision)
    {
        var literal = facts.IsLiteral || HostName.IsLiteral(facts.Host);
        var readable = http && (!literal || facts.Port is 80 or 443);
        return new ConnectionDecision(readable ? ConnectionAction.Inspect : ConnectionAction.Refuse, decision);
    }

    private static Decision Allowed(CompiledRoute route, string rule, string? credential, string path) =>
        new()
        {
            Verdict = Verdict.Allow,
            Rule = rule,
            Route = route.Source,
            Credential = credential,
            ForwardPath = path,
            Status = 200,
        };
}
