using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>What the preflight says about routes and variables, one line each, the same for every driver.</summary>
public static class PolicyPlanLines
{
    /// <summary><c>host [scheme]</c> where a credential is injected, <c>host</c> alone otherwise; a port that isn't a default one is added.</summary>
    public static IReadOnlyList<string> Routes(EffectivePolicy policy) =>
        [
            .. policy
                .Routes.Select(route => Line(route, policy))
                .Distinct(StringComparer.Ordinal)
                .OrderBy(line => line.TrimStart('*', '.'), StringComparer.Ordinal)
                .ThenBy(line => line, StringComparer.Ordinal),
        ];

    /// <summary>Names of the user's variables, sorted; those an agent provider adds are not among them.</summary>
    public static IReadOnlyList<string> EnvironmentNames(EffectivePolicy policy) =>
        [.. policy.Env.Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    private static string Line(Route route, EffectivePolicy policy)
    {
        var ports = route.Ports.Where(port => port is not (80 or 443)).ToArray();
        var host = ports.Length == 0 ? route.Host : $"{route.Host}:{string.Join(',', ports)}";
        var schemes = route
            .Match.Select(rule => rule.Credential ?? route.Credential)
            .Append(route.Match.Count == 0 ? route.Credential : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(name => policy.Credentials.FirstOrDefault(credential => credential.Name == name))
            .OfType<CredentialSpec>()
            .Select(credential => credential.Scheme.ToString().ToLowerInvariant())
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return schemes.Length == 0 ? host : $"{host} [{string.Join(", ", schemes)}]";
    }
}
