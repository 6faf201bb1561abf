using Caisson.Gateway.Connections;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>
/// The name that was asked for, the TLS server name and the request's own host must be one. Otherwise a connection that was allowed for one host
/// could carry requests for another behind the same front (RFC 9110, 7.4; 15.5.20).
/// </summary>
internal static class HostAgreement
{
    /// <returns>Null where they agree. The facts then hold the destination.</returns>
    public static Decision? Check(IHeaderDictionary headers, RequestTarget target, ExitConnection flow, ref RequestFacts facts)
    {
        var hosts = headers.Host;
        if (hosts.Count != 1 || string.IsNullOrEmpty(hosts[0]))
            return Decisions.BadRequest(hosts.Count > 1 ? "it has several Host headers" : "it has no Host header");
        // Most requests spell it just as it is.
        var asked = hosts[0] == flow.Host ? new CanonicalHost(flow.Host, flow.IsLiteral, null, null) : HostName.Canonicalise(hosts[0]!);
        if (asked.Problem is { } problem)
            return Decisions.BadRequest($"its Host {problem}");
        var (host, port) = (asked.Host, asked.Port);
        var ownPort = flow.Tls ? 443 : 80;
        if (target.Authority is { } authority)
        {
            var named = HostName.Canonicalise(authority);
            if (named.Problem is { } fault)
                return Decisions.BadRequest($"the host in its target {fault}");
            if (named.Host != host || (named.Port ?? ownPort) != (port ?? ownPort))
                return Decisions.BadRequest("its target names another host than its Host header");
        }
        if (flow.IsProxy)
        {
            facts = facts with { Host = host, Port = port ?? ownPort, IsLiteral = asked.IsLiteral };
            return null;
        }
        // For a literal without a route the answer is raw_ip, whatever the request calls itself; the route table says so.
        if (flow.IsLiteral && flow.Exit.State.Routes.Decide(facts) is { Verdict: Verdict.Deny, Route: null } raw)
            return raw;
        if (flow.ServerName is { } server && server != flow.Host)
            return Decisions.HostMismatch(flow.Host, "the TLS server name", server);
        if (host != flow.Host)
            return Decisions.HostMismatch(flow.Host, "the request's Host", host);
        // A port that is written must be the connection's; one that is left out is the scheme's own, or a client's habit on odd ports.
        return port is { } written && written != flow.Port
            ? Decisions.HostMismatch($"{flow.Host}:{flow.Port}", "the request's Host", $"{host}:{written}")
            : null;
    }
}
