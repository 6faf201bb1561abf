using Caisson.Policy.Hosts;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>What only all policies together can tell.</summary>
internal static class WholePolicyChecks
{
    private static readonly string[] ProxyVariables =
    [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
    ];

    public static IEnumerable<PolicyError> Errors(EffectivePolicy policy)
    {
        foreach (var (name, origin, path) in References(policy))
        {
            if (!policy.Credentials.Any(credential => credential.Name == name))
                yield return Unknown(policy, name, origin, path);
        }
        foreach (var error in Unbound(policy))
            yield return error;
        if (ForwardLogin.WhyNot(policy) is { } login)
            yield return At(policy.ForwardLogin.Origin, "agent.forward_login", login);
        foreach (var entry in policy.Env)
        {
            if (policy.ProxyEnv.Value && ProxyVariables.Contains(entry.Name))
                yield return At(entry.Origin, $"env.{entry.Name}", "is set by Caisson itself, because `network.proxy_env` is true");
        }
    }

    public static IEnumerable<PolicyError> Warnings(EffectivePolicy policy)
    {
        foreach (var warning in UnusedReach(policy))
            yield return warning;
        foreach (var route in policy.Routes.Where(route => route.Protocol == RouteProtocol.Tcp || route.Tls == TlsMode.Passthrough))
        {
            var pattern = Pattern(route.Host);
            var stopper = policy.Routes.FirstOrDefault(other =>
                other.Deny.Count > 0 && Pattern(other.Host).Covers(pattern) && other.Ports.Intersect(route.Ports).Any()
            );
            if (stopper is not null)
                yield return At(
                    route.Origin,
                    route.Label ?? "",
                    $"is never used on ports of {stopper.Host}: its deny entries can't be checked in what is relayed unread"
                );
        }
    }

    private static IEnumerable<(string Name, Origin Origin, string Path)> References(EffectivePolicy policy)
    {
        if (policy.AgentCredential is { } agent)
            yield return (agent.Value, agent.Origin, "agent.credential");
        foreach (var entry in policy.Env.Where(entry => entry.Form == EnvForm.Credential))
            yield return (entry.Text, entry.Origin, $"env.{entry.Name}");
        foreach (var route in policy.Routes)
        {
            if (route.Credential is { } name)
                yield return (name, route.Origin, $"{route.Label}.credential");
            for (var at = 0; at < route.Match.Count; at++)
            {
                if (route.Match[at].Credential is { } own)
                    yield return (own, route.Match[at].Origin, $"{route.Label}.match[{at}].credential");
            }
        }
    }

    // A route that injects what may not go there would deny every request; better said now.
    private static IEnumerable<PolicyError> Unbound(EffectivePolicy policy)
    {
        foreach (var route in policy.Routes)
        {
            foreach (var name in route.Match.Select(rule => rule.Credential).Append(route.Credential).OfType<string>().Distinct())
            {
                var credential = policy.Credentials.FirstOrDefault(candidate => candidate.Name == name);
                if (credential is null || credential.Bind.Any(bind => Meets(bind, route)))
                    continue;
                yield return At(
                    route.Origin,
                    $"{route.Label}.credential",
                    $"the credential {name} is not bound to {route.Host} on the ports of this route; add it to `credentials.{name}.bind` if it may go there"
                );
            }
        }
    }

    // While the agent provider's own routes aren't known, the agent's credential is left out.
    private static IEnumerable<PolicyError> UnusedReach(EffectivePolicy policy)
    {
        var complete = policy.Routes.Any(route => route.Origin.Layer == Layer.AgentProvider);
        foreach (var credential in policy.Credentials.Where(credential => complete || credential.Name != policy.AgentCredential?.Value))
        {
            foreach (var bind in credential.Bind)
            {
                if (Wider(policy, credential.Name, bind) is { } how)
                    yield return At(
                        bind.Origin,
                        $"credentials.{credential.Name}.bind",
                        $"the credential {credential.Name} may go to {bind.Host} {how}"
                    );
            }
        }
    }

    private static string? Wider(EffectivePolicy policy, string credential, BindSpec bind)
    {
        var users = policy.Routes.Where(route => Uses(route, credential) && Meets(bind, route)).ToArray();
        if (!users.Any(route => Pattern(route.Host).Covers(Pattern(bind.Host)) && route.Ports.Contains(bind.Port ?? 443)))
            return "and no route uses it on all of that; a narrower bind is safer";
        var rules = users.SelectMany(route => route.Match.Where(rule => (rule.Credential ?? route.Credential) == credential)).ToArray();
        // What an agent provider needs is its own matter.
        if (users.Any(route => route.Match.Count == 0 || route.Origin.Layer == Layer.AgentProvider))
            return null;
        if (bind.Methods.Count == 0 && rules.All(rule => rule.Methods.Count > 0))
            return $"with every method, and routes use it with {string.Join(", ", rules.SelectMany(rule => rule.Methods).Distinct())} alone; name `methods` in bind";
        return bind.PathPrefix is null && rules.All(rule => rule.Paths.Count > 0)
            ? "on every path, and routes use it on some alone; name `path` in bind"
            : null;
    }

    private static bool Uses(Route route, string credential) =>
        route.Credential == credential || route.Match.Any(rule => rule.Credential == credential);

    private static bool Meets(BindSpec bind, Route route)
    {
        var (one, other) = (Pattern(bind.Host), Pattern(route.Host));
        return route.Ports.Contains(bind.Port ?? 443) && (one.Covers(other) || other.Covers(one));
    }

    private static HostPattern Pattern(string host) =>
        HostPattern.TryParse(host, out var pattern, out var problem)
            ? pattern
            : throw new ArgumentException($"the host {host} {problem}", nameof(host));

    private static PolicyError Unknown(EffectivePolicy policy, string name, Origin origin, string path)
    {
        string[] known = [.. policy.Credentials.Select(credential => credential.Name)];
        return At(origin, path, $"there is no credential '{name}'") with { DidYouMean = Suggestion.Nearest(name, known), Allowed = known };
    }

    private static PolicyError At(Origin origin, string path, string message) =>
        new()
        {
            File = origin.File,
            Line = origin.Line,
            Column = origin.Column,
            KeyPath = path,
            Message = message,
        };
}
