using Caisson.Credentials;
using Caisson.Credentials.Launch;
using Caisson.Credentials.Sources;
using Caisson.Credentials.Store;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Credentials;

/// <summary>The credentials and variables of one sandbox, resolved before its agent gets control.</summary>
/// <param name="Credentials">For the gateway.</param>
/// <param name="Placeholders">Credential name to placeholder.</param>
/// <param name="Variables">The policy's <c>env</c>; may hold secrets that arrive in clear.</param>
/// <param name="Given">Variables of credentials that the caller's environment gave, with their values: what a later server can't find again.</param>
internal sealed record LoadedCredentials(
    ISandboxCredentials Credentials,
    IReadOnlyDictionary<string, string> Placeholders,
    IReadOnlyList<KeyValuePair<string, string>> Variables,
    IReadOnlyDictionary<string, string> Given
);

/// <summary>Finds the values of a launch: what its caller gave, then the server's own environment, files and store.</summary>
internal sealed class CredentialLoading(CredentialStore store, TimeProvider time)
{
    /// <exception cref="SandboxException"><c>credential_missing</c> with a sentence for each value that could not be had.</exception>
    internal async Task<LoadedCredentials> LoadAsync(RunPlan plan, CancellationToken cancellation)
    {
        var placeholders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var agent in plan.Agents)
        {
            // Two agents with one credential share its placeholder.
            if (agent.Credential is { } name && !placeholders.ContainsKey(name))
                placeholders[name] = AgentPlanning
                    .Shape(agent.Provider, plan.Policy.Credentials.First(credential => credential.Name == name))
                    .Create();
        }
        var given = Variables(plan.Request.Values);
        var (credentials, lookup, answers) = Create(plan, given, placeholders);
        var environment = ResolvedEnvironment.Resolve(plan.Policy.Env, lookup, answers, credentials.Placeholders);
        IReadOnlyList<string> problems = [.. await credentials.CheckRequiredAsync(cancellation), .. environment.Problems];
        return problems.Count == 0
            ? new LoadedCredentials(credentials, credentials.Placeholders, environment.Variables, OfCredentials(plan, given))
            : throw new SandboxException(
                "credential_missing",
                "A value that the policy needs could not be had; nothing was started.",
                "Set it where the policy looks for it, and start again.",
                details: problems
            );
    }

    /// <summary>
    /// For a sandbox that runs already: its placeholders stay, and so does what its caller's environment gave. Answers that were typed are gone;
    /// their credentials deny until they are asked for again.
    /// </summary>
    /// <param name="given">As <see cref="LoadedCredentials.Given"/> was.</param>
    internal LoadedCredentials Adopt(SandboxRecord record, RunPlan plan, IReadOnlyDictionary<string, string> given)
    {
        var (credentials, _, _) = Create(plan, given, record.Document.Placeholders);
        return new LoadedCredentials(credentials, credentials.Placeholders, [], OfCredentials(plan, given));
    }

    private static Dictionary<string, string> Variables(IReadOnlyDictionary<string, string> values) =>
        values
            .Where(value => value.Key.StartsWith(PlanNeeds.VariablePrefix, StringComparison.Ordinal))
            .ToDictionary(value => value.Key[PlanNeeds.VariablePrefix.Length..], value => value.Value, StringComparer.Ordinal);

    private static Dictionary<string, string> OfCredentials(RunPlan plan, IReadOnlyDictionary<string, string> given) =>
        plan
            .Policy.Credentials.Where(credential => credential.Source.Kind == CredentialSourceKind.Env)
            .Select(credential => credential.Source.Value)
            .Where(given.ContainsKey)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(variable => variable, variable => given[variable], StringComparer.Ordinal);

    private (SandboxCredentials Credentials, Func<string, string?> Lookup, IReadOnlyDictionary<string, Secret> Answers) Create(
        RunPlan plan,
        IReadOnlyDictionary<string, string> given,
        IReadOnlyDictionary<string, string> placeholders
    )
    {
        var answers = plan.Request.Values.ToDictionary(value => value.Key, value => new Secret(value.Value), StringComparer.Ordinal);
        var lookup = EnvironmentLookup.Overlay(given, EnvironmentLookup.Process);
        return (
            new SandboxCredentials(plan.Policy.Credentials, new CredentialResolver(lookup, store, time), answers, placeholders),
            lookup,
            answers
        );
    }
}
