using System.Text;
using Caisson.Credentials;
using Caisson.Credentials.Masking;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>What decides at one moment: replaced as a whole when the policy or the credentials change.</summary>
internal sealed class ExitState(RouteTable routes, ISandboxCredentials credentials, Fingerprints fingerprints)
{
    private volatile KnownSecretMask mask = KnownSecretMask.None;

    // Until the values are there, placeholders and kinds of secrets are looked for.
    private volatile OutgoingScanner scanner = new([.. credentials.All.Select(credential => (credential, (Secret?)null))], fingerprints);

    public RouteTable Routes => routes;
    public ISandboxCredentials Credentials => credentials;
    public PlaceholderSearch Placeholders { get; } = new(credentials.All);

    /// <summary>A path as it may be recorded: without known secrets or what looks like one, should a program have put it there.</summary>
    public string Mask(string path)
    {
        var masked = mask.Mask(path);
        var bytes = Encoding.UTF8.GetBytes(masked);
        var found = scanner.Scanner.Scan(bytes);
        return found.Count == 0
            ? masked
            : Encoding.UTF8.GetString(Redaction.Apply(scanner.Scanner, bytes, found, rule => $"[caisson:{rule}]"));
    }

    /// <summary>What is known to be secret at present.</summary>
    public KnownSecretMask Secrets => mask;

    /// <summary>What is looked for in what leaves.</summary>
    public OutgoingScanner Scanner => scanner;

    /// <summary>Learns the present values, to keep them out of records and from leaving.</summary>
    public async Task LearnSecretsAsync(CancellationToken cancellation)
    {
        var secrets = new List<Secret>();
        var known = new List<(SandboxCredential, Secret?)>();
        foreach (var credential in credentials.All)
        {
            var secret = (await credentials.ResolveAsync(credential.Name, cancellation)).Secret;
            if (secret is { IsEmpty: false })
                secrets.Add(secret);
            known.Add((credential, secret));
        }
        scanner = new OutgoingScanner(known, fingerprints);
        mask = new KnownSecretMask(secrets);
    }
}
