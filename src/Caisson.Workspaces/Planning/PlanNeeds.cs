using Caisson.Api;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Planning;

/// <summary>Which values a launch has to get from its caller, and under which keys they come.</summary>
internal static class PlanNeeds
{
    internal static string EnvironmentKey(string name) => $"env:{name}";

    internal static string CredentialKey(string name) => $"credential:{name}";

    internal static IReadOnlyList<PlanNeed> Of(EffectivePolicy policy) => [.. Environment(policy), .. Credentials(policy)];

    private static IEnumerable<PlanNeed> Environment(EffectivePolicy policy)
    {
        foreach (var entry in policy.Env)
        {
            if (entry.Form == EnvForm.Ask)
                yield return new PlanNeed(EnvironmentKey(entry.Name), "prompt", entry.Name, entry.Text.Length > 0 ? entry.Text : $"Value of {entry.Name}", true, false);
            else if (entry.Form == EnvForm.ServerVariable)
                yield return new PlanNeed(EnvironmentKey(entry.Name), "env", entry.Text, $"variable {entry.Text} for env.{entry.Name} ({entry.Origin})", true, IsSet(entry.Text));
        }
    }

    private static IEnumerable<PlanNeed> Credentials(EffectivePolicy policy)
    {
        foreach (var credential in policy.Credentials)
        {
            var (kind, value) = credential.Source;
            if (kind == CredentialSourceKind.Env)
                yield return new PlanNeed(CredentialKey(credential.Name), "env", value, $"variable {value} for the credential '{credential.Name}' ({credential.Origin})", credential.Required, IsSet(value));
            else if (kind == CredentialSourceKind.Prompt)
                yield return new PlanNeed(CredentialKey(credential.Name), "prompt", credential.Name, value.Length > 0 ? value : $"Credential {credential.Name}", credential.Required, false);
        }
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable(name));
}
