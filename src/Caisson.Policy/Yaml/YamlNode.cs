using System.Runtime.InteropServices;

namespace Caisson.Policy.Yaml;

/// <summary>A place in a file; both numbers start at 1.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Place(int Line, int Column);

/// <summary>What a front matter holds, with places. No typed values yet: a key's reader knows what it expects.</summary>
public abstract class YamlNode(Place place)
{
    public Place Place { get; } = place;

    /// <summary>For messages: <c>a list</c>.</summary>
    public abstract string Kind { get; }
}

public sealed class YamlScalar(Place place, string text, bool plain) : YamlNode(place)
{
    public string Text { get; } = text;

    /// <summary>Written without quotes, so that the core schema may read it as null, Boolean or number.</summary>
    public bool IsPlain { get; } = plain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : "a single value";
}

public sealed class YamlSequence(Place place, IReadOnlyList<YamlNode> items) : YamlNode(place)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

public sealed class YamlMapping(Place place, IReadOnlyList<YamlEntry> entries) : YamlNode(place)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a block of keys";

    public YamlNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Text == key)
                return entry.Value;
        }
        return null;
    }
}

public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
