using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Launch;

/// <summary>
/// The environment of a sandbox's agents as a policy wants it, the same on every driver: no raw <c>?</c> or <c>${…}</c> is left. Values that were asked
/// for or taken from the server arrive in clear and are listed as secrets, for masks and detection.
/// </summary>
public sealed class ResolvedEnvironment
{
    private ResolvedEnvironment(
        IReadOnlyList<KeyValuePair<string, string>> variables,
        IReadOnlyList<Secret> secrets,
        IReadOnlyList<string> problems
    )
    {
        Variables = variables;
        Secrets = secrets;
        Problems = problems;
    }

    /// <summary>In the order of the policy; names are unique.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; }

    public IReadOnlyList<Secret> Secrets { get; }

    /// <summary>Why the launch can't go on, one sentence a variable, naming the variable and never a value. Empty: all is there.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <param name="entries">From the policy.</param>
    /// <param name="lookup">Variables of the server's user.</param>
    /// <param name="answers">By the keys of <see cref="LaunchQuestion"/>.</param>
    /// <param name="placeholders">By credential.</param>
    public static ResolvedEnvironment Resolve(
        IReadOnlyList<EnvEntry> entries,
        Func<string, string?> lookup,
        IReadOnlyDictionary<string, Secret> answers,
        IReadOnlyDictionary<string, string> placeholders
    )
    {
        var variables = new List<KeyValuePair<string, string>>();
        var secrets = new List<Secret>();
        var problems = new List<string>();
        foreach (var entry in entries)
        {
            var (value, problem) = Value(entry, lookup, answers, placeholders);
            if (problem is null && value!.Contains('\0', StringComparison.Ordinal))
                problem = "has a value with a NUL character";
            if (problem is not null)
            {
                problems.Add($"Variable {entry.Name} ({entry.Origin}) {problem}.");
                continue;
            }
            variables.Add(new KeyValuePair<string, string>(entry.Name, value!));
            if (entry.ArrivesInClear && value!.Length > 0)
                secrets.Add(new Secret(value));
        }
        return new ResolvedEnvironment(variables, secrets, problems);
    }

    /// <summary>Names only.</summary>
    public override string ToString() => string.Join(", ", Variables.Select(variable => variable.Key));

    private static (string? Value, string? Problem) Value(
        EnvEntry entry,
        Func<string, string?> lookup,
        IReadOnlyDictionary<string, Secret> answers,
        IReadOnlyDictionary<string, string> placeholders
    ) =>
        entry.Form switch
        {
            EnvForm.Literal => (entry.Text, null),
            EnvForm.ServerVariable => lookup(entry.Text) is { } value
                ? (value, null)
                : (null, $"takes {entry.Text} of the server, which is not set"),
            EnvForm.Credential => placeholders.TryGetValue(entry.Text, out var placeholder)
                ? (placeholder, null)
                : (null, $"needs credential {entry.Text}, which has no placeholder"),
            _ => answers.TryGetValue(LaunchQuestion.KeyOf(entry), out var answer)
                ? (answer.Reveal(), null)
                : (null, "is asked for at launch, and nobody is there to answer; run in a terminal or make it a credential"),
        };
}
