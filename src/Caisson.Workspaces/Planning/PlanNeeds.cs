using Caisson.Api;
using Caisson.Credentials.Launch;
using Caisson.Policy;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Planning;

/// <summary>Which values a launch has to get from its caller, and under which keys they come.</summary>
internal static class PlanNeeds
{
    /// <summary>Before the name of a variable of the caller.</summary>
    internal const string VariablePrefix = "variable:";

    internal static IReadOnlyList<PlanNeed> Of(EffectivePolicy policy) =>
        [
            .. Variables(policy),
            .. LaunchQuestion
                .Of(policy)
                .Select(question => new PlanNeed(question.Key, "prompt", question.Key, question.Text, question.Required, Available: false)),
        ];

    private static IEnumerable<PlanNeed> Variables(EffectivePolicy policy) =>
        policy
            .Env.Where(entry => entry.Form == EnvForm.ServerVariable)
            .Select(entry => Variable(entry.Text, $"env.{entry.Name}", entry.Origin, required: true))
            .Concat(
                policy
                    .Credentials.Where(credential => credential.Source.Kind == CredentialSourceKind.Env)
                    .Select(credential =>
                        Variable(credential.Source.Value, $"credential {credential.Name}", credential.Origin, credential.Required)
                    )
            );

    private static PlanNeed Variable(string name, string use, Origin origin, bool required) =>
        new(
            VariablePrefix + name,
            "env",
            name,
            $"variable {name} for {use} ({origin})",
            required,
            !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))
        );
}
