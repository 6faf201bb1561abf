using System.Text;
using Caisson.Credentials;
using Caisson.Credentials.Masking;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>What decides at one moment: replaced as a whole when the policy or the credentials change.</summary>
/// <param name="canaries">Decoys: what people call each, and its value.</param>
internal sealed class ExitState(
    RouteTable routes,
    ISandboxCredentials credentials,
    IReadOnlyDictionary<string, Secret> canaries,
    Fingerprints fingerprints,
    TimeProvider time
)
{
    /// <summary>How old what is known may be when something leaves. Values are cheap to find, and programs that renew them do so seconds ahead.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim learning = new(1);
    private readonly KnownValues values = new(time);
    private volatile KnownSecretMask mask = KnownSecretMask.None;
    private long learned;

    // Until the values are there, decoys, placeholders and kinds of secrets are looked for.
    private volatile OutgoingScanner scanner = new(credentials.All, [], canaries, fingerprints);

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

    /// <summary>Learns the present values if it is some seconds since that was done: what changes, changes without a word to us.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        if (time.GetElapsedTime(Volatile.Read(ref learned)) >= Fresh)
            await LearnSecretsAsync(cancellation);
    }

    /// <summary>Learns the present values, to keep them out of records and from leaving. Those that they replace stay known for a while.</summary>
    public async Task LearnSecretsAsync(CancellationToken cancellation)
    {
        await learning.WaitAsync(cancellation);
        try
        {
            var changed = values.Forget();
            foreach (var credential in credentials.All)
            {
                // What can't be had at the moment is still what it was.
                if ((await credentials.ResolveAsync(credential.Name, cancellation)).Secret is { IsEmpty: false } secret)
                    changed |= values.Learn(credential.Name, secret);
            }
            if (changed)
            {
                scanner = new OutgoingScanner(credentials.All, values.All, canaries, fingerprints);
                mask = new KnownSecretMask([.. values.All.Select(value => value.Value)]);
            }
            Volatile.Write(ref learned, time.GetTimestamp());
        }
        finally
        {
            learning.Release();
        }
    }
}
