using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Catalog;

/// <summary>One policy of the catalogue, as its file stands now.</summary>
/// <param name="LastGood">The last version of the file that loaded since the server started, or null.</param>
/// <param name="Result">What the file gives now. Its errors tell why <paramref name="LastGood"/> may be older than the file.</param>
public sealed record CatalogEntry(string Name, PolicyManifest? LastGood, PolicyLoadResult Result)
{
    public bool IsBroken => Result.Errors.Count > 0;
}

/// <summary>
/// The policies of <c>$CAISSON_HOME/policies</c>. A file that breaks is shown as broken while its last good version stays in force; other policies are
/// unaffected. Files are read anew when they changed. Thread-safe.
/// </summary>
public sealed class PolicyCatalog(PolicyLoadOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Length, DateTime Changed, CatalogEntry Entry)> entries = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(options.Home, "policies");

    /// <summary>All policies by name, broken ones included.</summary>
    public IReadOnlyList<CatalogEntry> List() => [.. PolicyLoader.Names(Folder).Select(Get)];

    /// <summary>One policy; a missing file gives an entry with that error and no policy: what was deleted is not in force.</summary>
    public CatalogEntry Get(string name)
    {
        var file = new FileInfo(Path.Combine(Folder, name + ".md"));
        var (length, changed) = file.Exists ? (file.Length, file.LastWriteTimeUtc) : (-1, default);
        lock (gate)
        {
            var known = entries.GetValueOrDefault(name);
            if (known.Entry is not null && known.Length == length && known.Changed == changed)
                return known.Entry;
            var result = PolicyLoader.Load(file.Exists ? file.FullName : name, options);
            var entry = new CatalogEntry(name, result.Policy ?? (file.Exists ? known.Entry?.LastGood : null), result);
            entries[name] = (length, changed, entry);
            return entry;
        }
    }
}
