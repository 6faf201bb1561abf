using Caisson.Credentials;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// What is looked for in what leaves one sandbox: kinds of secrets, and the values and placeholders of its credentials. Replaced as a whole when the values
/// change.
/// </summary>
internal sealed class OutgoingScanner
{
    private readonly IReadOnlyDictionary<string, SandboxCredential> credentials;

    /// <param name="all">Of the sandbox.</param>
    /// <param name="values">Credential and value; several of one while it changes.</param>
    /// <param name="canaries">What people call each decoy, and its value.</param>
    public OutgoingScanner(
        IReadOnlyCollection<SandboxCredential> all,
        IReadOnlyList<(string Credential, Secret Value)> values,
        IReadOnlyDictionary<string, Secret> canaries,
        Fingerprints fingerprints
    )
    {
        credentials = all.ToDictionary(credential => credential.Name, StringComparer.Ordinal);
        var secrets = new List<KnownSecret>();
        foreach (var (credential, value) in values)
            Add(credential, KnownKind.Known, value.RevealBytes());
        foreach (var credential in all)
            Add(credential.Name, KnownKind.Placeholder, System.Text.Encoding.UTF8.GetBytes(credential.Placeholder));
        foreach (var (name, value) in canaries)
            Add(name, KnownKind.Canary, value.RevealBytes());
        var index = new KnownIndex(secrets);
        Scanner = new Scanner(BuiltInRules.All, index, fingerprints, ScanLimits.Default);
        Values = secrets.Count == 0 ? null : new Scanner(RuleSet.Empty, index, fingerprints, ScanLimits.Default);

        void Add(string name, KnownKind kind, ReadOnlySpan<byte> value)
        {
            if (value.Length >= KnownSecret.Shortest)
                secrets.Add(new KnownSecret(name, kind, value.ToArray()));
        }
    }

    public Scanner Scanner { get; }

    /// <summary>Looks for known values alone; null where there are none.</summary>
    public Scanner? Values { get; }

    /// <summary>Whether a route has it looked for. A credential's value and placeholder at its own destination are what belongs there.</summary>
    public bool Counts(Finding finding, Decision decision, RequestFacts facts)
    {
        if (finding.Kind is FindingKind.Known or FindingKind.Placeholder)
            return !IsAtHome(finding.Description, facts);
        // Canaries and what can't be looked through count on every route.
        var detectors = decision.Route?.Detect.Outbound?.Value;
        return finding.Kind != FindingKind.Pattern || detectors is null || detectors.Contains(OutboundDetector.Patterns);
    }

    private bool IsAtHome(string name, RequestFacts facts) =>
        credentials.TryGetValue(name, out var credential) && credential.Binds.Any(bind => CredentialUse.CoversHost(bind, facts));
}
