using Caisson.Policy.Yaml;

namespace Caisson.Policy.Loading;

/// <summary>
/// One block of keys while it is read. Opening it reports every key that is unknown, foreign, or known and not available yet, so that none is ever
/// ignored.
/// </summary>
internal sealed class SectionReader
{
    private readonly YamlMapping mapping;

    private SectionReader(YamlMapping mapping, string path, LoadContext context)
    {
        this.mapping = mapping;
        Path = path;
        Context = context;
    }

    public string Path { get; }

    public LoadContext Context { get; }

    public Place Place => mapping.Place;

    public Origin Origin => Context.Origin(mapping.Place);

    public bool IsEmpty => mapping.Entries.Count == 0;

    public IReadOnlyList<YamlEntry> Entries => mapping.Entries;

    /// <summary>Opens a block with fixed keys. Null, and a fault reported, where the node is no block.</summary>
    /// <param name="keys">The keys that work.</param>
    /// <param name="later">Keys that are part of the format and do not work yet.</param>
    public static SectionReader? Open(
        YamlNode? node,
        string path,
        LoadContext context,
        IReadOnlyList<string> keys,
        IReadOnlyList<string>? later = null
    )
    {
        var section = OpenFree(node, path, context);
        foreach (var entry in section?.mapping.Entries ?? [])
        {
            var key = entry.Key.Text;
            if (keys.Contains(key))
                continue;
            if (later?.Contains(key) == true)
                context.NotYet(entry.Key.Place, section!.At(key), key);
            else if (ForeignKeys.Replacement(key) is { } replacement)
                context.Error(entry.Key.Place, section!.At(key), replacement);
            else
                context.Unknown(entry.Key.Place, section!.At(key), "key", key, [.. keys]);
        }
        return section;
    }

    /// <summary>Opens a block whose keys are names.</summary>
    public static SectionReader? OpenFree(YamlNode? node, string path, LoadContext context)
    {
        if (node is YamlMapping mapping)
            return new SectionReader(mapping, path, context);
        if (node is not null)
            context.Error(node.Place, path, $"must be a block of keys, and is {node.Kind}");
        return null;
    }

    public YamlNode? Find(string key) => mapping.Find(key);

    public bool Has(string key) => mapping.Find(key) is not null;

    public string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public Place PlaceOf(string key)
    {
        foreach (var entry in mapping.Entries)
        {
            if (entry.Key.Text == key)
                return entry.Key.Place;
        }
        return mapping.Place;
    }

    public void Error(string key, string message) => Context.Error(Find(key)?.Place ?? Place, At(key), message);
}
