using Caisson.Policy.Decisions.Paths;
using Caisson.Policy.Hosts;

namespace Caisson.Policy.Decisions;

/// <summary>Denials in words: what happened, which rule, what is allowed instead and how to ask. Made only when something is denied.</summary>
internal sealed class Refusals(HostIndex index)
{
    private const int LongestPath = 200;

    public Decision NoRoute(RequestFacts facts)
    {
        var literal = facts.IsLiteral || HostName.IsLiteral(facts.Host);
        if (literal)
        {
            return Deny(
                facts,
                Reason.RawIp,
                "default",
                $"The address {facts.Host} was used without a name, and the policy has no route for this address."
            ) with
            {
                NextSteps = ["Use the host's name instead of its address.", Ask($"add a route for {facts.Host}")],
                Propose = Draft(facts),
            };
        }
        var similar = Wording.SimilarHost(facts.Host, index);
        var steps = new List<string> { Ask($"add a route for {facts.Host}") };
        if (similar is not null)
            steps.Add($"The policy has a route for {similar}; use it if that is what you need.");
        steps.Add("See what is allowed at http://caisson.internal/v1/policy; don't repeat the request unchanged.");
        return Deny(
            facts,
            Reason.NoRoute,
            "default",
            $"The policy has no route for the host {facts.Host}, so nothing there can be reached."
        ) with
        {
            NextSteps = steps,
            Nearest = similar,
            Propose = Draft(facts),
        };
    }

    public Decision WrongPort(RequestFacts facts, HostPlan plan)
    {
        var ports = plan.Routes.SelectMany(route => route.Source.Ports).Distinct().Order().ToArray();
        var route = plan.Routes[0];
        return Deny(
            facts,
            Reason.NoRoute,
            route.Label,
            $"The policy has a route for {facts.Host}, but not for port {facts.Port}. Allowed: {Wording.Ports(ports)}."
        ) with
        {
            Route = route.Source,
            Nearest = $"{facts.Host} on {Wording.Ports(ports)}",
            NextSteps = [$"Use {Wording.Ports(ports)} of {facts.Host}.", Ask($"add port {facts.Port} to the route for {facts.Host}")],
            Propose = Draft(facts),
        };
    }

    public Decision WrongProtocol(RequestFacts facts, HostPlan plan)
    {
        var route = Array.Find(plan.Routes, candidate => candidate.Covers(facts.Port)) ?? plan.Routes[0];
        var wanted = Wording.Protocol(route.Source.Protocol);
        return Deny(
            facts,
            Reason.ProtocolMismatch,
            route.Label,
            $"The route for {facts.Host} port {facts.Port} is for {wanted}, and this is {Wording.Protocol(facts.Protocol)}."
        ) with
        {
            Route = route.Source,
            NextSteps = [$"Speak {wanted} to {facts.Host} port {facts.Port}.", Ask($"change the protocol of the route for {facts.Host}")],
        };
    }

    public Decision MethodOverridden(RequestFacts facts, HostPlan plan, string carrier)
    {
        var route = plan.Routes[0];
        return Deny(
            facts,
            Reason.RuleDenied,
            route.Label,
            $"The request holds {carrier}, which asks the server for another method; the routes for {facts.Host} limit methods."
        ) with
        {
            Route = route.Source,
            NextSteps = ["Send the request with the method you mean, without an override."],
        };
    }

    public static Decision AmbiguousPath(RequestFacts facts, CompiledRoute route, string problem) =>
        Deny(
            facts,
            Reason.AmbiguousPath,
            route.Label,
            $"The path {problem}, so servers may read it in different ways; the routes for {facts.Host} limit paths."
        ) with
        {
            Status = 400,
            Route = route.Source,
            NextSteps = ["Send the plain path: no encoded slash, backslash or NUL, no parameters on dot segments, valid UTF-8."],
        };

    public Decision Denied(RequestFacts facts, HostPlan plan, Denial denial) =>
        Deny(
            facts,
            Reason.RuleDenied,
            denial.Rule.Label,
            $"The policy denies {What(facts)} on {facts.Host} in so many words; a deny entry beats every allow."
        ) with
        {
            Route = denial.Route.Source,
            Nearest = Wording.Nearest(facts, plan),
            NextSteps = ["Find a way that doesn't need this request; the operator denied it on purpose."],
        };

    public Decision NoMatch(RequestFacts facts, HostPlan plan, NormalPath path)
    {
        var allowed = Wording.Allowed(facts, plan, path.Decoded);
        var route = Array.Find(plan.Routes, candidate => candidate.Covers(facts.Port)) ?? plan.Routes[0];
        var websocket = facts.Protocol == RequestProtocol.WebSocket;
        var steps = new List<string>();
        if (allowed.Count > 0)
            steps.Add($"Allowed on {facts.Host}: {string.Join("; ", allowed.Take(5))}{(allowed.Count > 5 ? "; …" : "")}.");
        steps.Add(Ask($"allow {What(facts)} on {facts.Host}"));
        return Deny(
            facts,
            Reason.RuleDenied,
            route.Label,
            $"The policy has a route for {facts.Host}, but none of its rules allows {What(facts)}."
                + (websocket ? " A WebSocket carries data out, so rules with reading methods alone don't allow one." : "")
        ) with
        {
            Route = route.Source,
            Nearest = allowed.Count > 0 ? allowed[0] : null,
            NextSteps = steps,
            Propose = Draft(facts),
        };
    }

    private static Decision Deny(RequestFacts facts, Reason reason, string rule, string message) =>
        new()
        {
            Verdict = Verdict.Deny,
            Reason = reason,
            Rule = rule,
            Message = message,
            ForwardPath = facts.Path,
        };

    private static string Ask(string what) => $"Ask the operator to {what} in the policy.";

    private static string What(RequestFacts facts)
    {
        var path = facts.Path.Length > LongestPath ? facts.Path[..LongestPath] + "…" : facts.Path;
        return facts.Protocol switch
        {
            RequestProtocol.WebSocket => $"a WebSocket to {path}",
            RequestProtocol.Tcp or RequestProtocol.Ssh => $"a connection to port {facts.Port}",
            _ => facts.Method.Length == 0 ? "this connection" : $"{facts.Method} {path}",
        };
    }

    private static ProposalDraft Draft(RequestFacts facts) =>
        new("route", facts.Host, facts.Port, facts.Method, facts.Path.Length > LongestPath ? facts.Path[..LongestPath] : facts.Path);
}
