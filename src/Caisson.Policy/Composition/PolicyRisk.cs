using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

public enum RiskRank
{
    Low,
    Medium,
    High,
}

/// <summary>Something a policy allows that an operator should know before a launch.</summary>
/// <param name="Name">A word that doesn't change: <c>passthrough</c>, <c>env_clear</c>, ….</param>
/// <param name="Text">In words, with what it concerns.</param>
public sealed record PolicyRisk(RiskRank Rank, string Name, string Text, Origin Origin)
{
    private static readonly string[] WritingMethods = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>All risks of a policy, highest first.</summary>
    public static IReadOnlyList<PolicyRisk> Of(EffectivePolicy policy) =>
        [.. Routes(policy).Concat(Files(policy)).Concat(Rest(policy)).OrderByDescending(risk => risk.Rank)];

    private static IEnumerable<PolicyRisk> Routes(EffectivePolicy policy)
    {
        foreach (var route in policy.Routes)
        {
            if (route.Tls == TlsMode.Passthrough)
                yield return new(
                    RiskRank.High,
                    "passthrough",
                    $"{route.Host}: TLS is relayed unopened, nobody looks into it",
                    route.Origin
                );
            if (route.Host.StartsWith('*'))
                yield return new(
                    RiskRank.Medium,
                    "wildcard",
                    $"{route.Host}: whoever controls a name below it can be reached",
                    route.Origin
                );
            if (route.AllowPrivate.Count > 0)
                yield return new(
                    RiskRank.High,
                    "allow_private",
                    $"{route.Host} may lie in {string.Join(", ", route.AllowPrivate)}",
                    route.Origin
                );
            if (route.Protocol == RouteProtocol.Tcp)
                yield return new(RiskRank.High, "tcp", $"{route.Host}: opaque bytes, nobody looks into them", route.Origin);
            if (route.Origin.Layer != Layer.AgentProvider && Writes(route))
                yield return new(RiskRank.Medium, "write", $"{route.Host}: writing methods with a credential", route.Origin);
        }
    }

    private static IEnumerable<PolicyRisk> Files(EffectivePolicy policy)
    {
        if (policy.Repository.Value == RepositoryMode.Mount)
            yield return new(
                RiskRank.High,
                "mount",
                "the repository itself is mounted: what agents write is written on the host",
                policy.Repository.Origin
            );
        foreach (var path in policy.UnsafeWritable)
            yield return new(RiskRank.High, "unsafe_writable", $"{path.Value} is protected and may be written", path.Origin);
        foreach (var mount in policy.Mounts)
            yield return new(
                mount.Writable ? RiskRank.High : RiskRank.Low,
                "mount",
                $"{mount.Source} is visible at {mount.Path}{(mount.Writable ? " and may be written" : "")}",
                mount.Origin
            );
    }

    private static IEnumerable<PolicyRisk> Rest(EffectivePolicy policy)
    {
        foreach (var entry in policy.Env.Where(entry => entry.ArrivesInClear))
            yield return new(
                RiskRank.Medium,
                "env_clear",
                $"{entry.Name} arrives in clear inside the sandbox; make it a credential to keep it out",
                entry.Origin
            );
        if (policy.Isolation.Value < IsolationLevel.Namespaces)
            yield return new(RiskRank.High, "isolation", "isolation below namespaces is accepted", policy.Isolation.Origin);
    }

    private static bool Writes(Route route) =>
        route.Match.Count == 0
            ? route.Credential is not null
            : route.Match.Any(rule =>
                (rule.Credential ?? route.Credential) is not null && (rule.Methods.Count == 0 || rule.Methods.Any(WritingMethods.Contains))
            );
}
