using Caisson.Credentials;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// The values of a sandbox's credentials. One that was replaced is still a secret for a while: its issuer may take it until then, and a program may hold it.
/// One caller at a time.
/// </summary>
internal sealed class KnownValues(TimeProvider time)
{
    /// <summary>How long a replaced value stays known.</summary>
    public static readonly TimeSpan AfterChange = TimeSpan.FromMinutes(10);

    private readonly List<Entry> entries = [];

    /// <summary>Credential and value, the replaced ones among them.</summary>
    public IReadOnlyList<(string Credential, Secret Value)> All => [.. entries.Select(entry => (entry.Credential, entry.Value))];

    /// <returns>Whether it is new.</returns>
    public bool Learn(string credential, Secret value)
    {
        var same = entries.Find(entry => entry.Credential == credential && entry.Value.RevealBytes().SequenceEqual(value.RevealBytes()));
        if (same is { Replaced: null })
            return false;
        foreach (var entry in entries.Where(entry => entry.Credential == credential && entry.Replaced is null))
            entry.Replaced = time.GetTimestamp();
        if (same is not null)
        {
            same.Replaced = null;
            return false;
        }
        entries.Add(new Entry(credential, value));
        return true;
    }

    /// <summary>Takes out what was replaced long enough ago.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Forget() => entries.RemoveAll(entry => entry.Replaced is { } at && time.GetElapsedTime(at) >= AfterChange) > 0;

    private sealed record Entry(string Credential, Secret Value)
    {
        public long? Replaced { get; set; }
    }
}
