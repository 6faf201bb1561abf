using System.Security.Cryptography;
using Caisson.Credentials;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Canaries;

/// <summary>
/// The decoys of one sandbox: random values under plausible names that no honest program sends anywhere. They stay for the sandbox's life, since its home may
/// hold them.
/// </summary>
/// <param name="Values">Where to value, as they are sealed: <c>env NAME</c>, or <c>file PATH</c> with what stands in it beside the name.</param>
internal sealed record SandboxCanaries(IReadOnlyDictionary<string, string> Values)
{
    private const string InEnvironment = "env ";
    private const string InFile = "file ";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int ValueLength = 40;

    private static readonly string[] Owners = ["AWS_BACKUP", "BILLING", "ARCHIVE", "LEGACY", "REPORTING", "WAREHOUSE", "STAGING", "MIRROR"];
    private static readonly string[] Kinds = ["SECRET_KEY", "API_TOKEN", "ACCESS_TOKEN", "DB_PASSWORD"];

    public static SandboxCanaries None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The environment variables.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables => Of(InEnvironment);

    /// <summary>For the exit, which looks for them: what people call each, and its value.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets =>
        Values.ToDictionary(value => value.Key, value => new Secret(value.Value), StringComparer.Ordinal);

    /// <param name="placement">Whether there are decoys in files as well.</param>
    /// <param name="taken">Names of variables that mean something already.</param>
    public static SandboxCanaries Create(CanaryPlacement placement, IReadOnlyCollection<string> taken)
    {
        var names = Owners.SelectMany(owner => Kinds.Select(kind => $"{owner}_{kind}")).Except(taken, StringComparer.Ordinal).ToArray();
        RandomNumberGenerator.Shuffle(names.AsSpan());
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [InEnvironment + names[0]] = Random(ValueLength) };
        if (placement == CanaryPlacement.Files)
        {
            values[InFile + CanaryFiles.Environment + ' ' + names[1]] = Random(ValueLength);
            values[InFile + CanaryFiles.Aws] = Random(ValueLength);
            values[InFile + CanaryFiles.SshKey] = Random(CanaryFiles.SshKeyLength);
        }
        return new SandboxCanaries(values);
    }

    /// <summary>Puts the files into a home that nobody uses yet.</summary>
    public void WriteFiles(string home)
    {
        foreach (var (place, value) in Of(InFile))
            CanaryFiles.Write(home, place, value);
    }

    private static string Random(int length) => RandomNumberGenerator.GetString(Letters, length);

    private IEnumerable<KeyValuePair<string, string>> Of(string kind) =>
        Values
            .Where(value => value.Key.StartsWith(kind, StringComparison.Ordinal))
            .Select(value => KeyValuePair.Create(value.Key[kind.Length..], value.Value));
}
