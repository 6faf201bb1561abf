using System.Globalization;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Loading;

/// <summary>Typed values of a block. Each returns null where the key is absent or wrong; what is wrong was reported then.</summary>
internal static class SectionValues
{
    public static Setting<string>? Text(this SectionReader section, string key)
    {
        if (section.Find(key) is not { } node)
            return null;
        return TextOf(node, section.At(key), section.Context) is { } text
            ? new Setting<string>(text, section.Context.Origin(node.Place))
            : null;
    }

    /// <summary>Any single value as the text it was written as; numbers included. Nothing at all is a fault.</summary>
    public static string? TextOf(YamlNode node, string path, LoadContext context)
    {
        if (node is not YamlScalar scalar)
            context.Error(node.Place, path, $"must be a text, and is {node.Kind}");
        else if (scalar.IsNull)
            context.Error(node.Place, path, "has no value; write '' where an empty text is meant");
        else if (scalar.Text.Contains('\0', StringComparison.Ordinal))
            context.Error(node.Place, path, "holds a NUL character");
        else
            return scalar.Text;
        return null;
    }

    public static Setting<bool>? Boolean(this SectionReader section, string key)
    {
        if (section.Find(key) is not { } node)
            return null;
        var text = node is YamlScalar { IsPlain: true } scalar ? scalar.Text : null;
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return new Setting<bool>(text[0] is 't' or 'T', section.Context.Origin(node.Place));
        var hint = text?.ToLowerInvariant() switch
        {
            "yes" or "on" => "; in YAML 1.2 this is a text, write true",
            "no" or "off" => "; in YAML 1.2 this is a text, write false",
            _ => "",
        };
        section.Error(key, $"must be true or false{hint}");
        return null;
    }

    public static Setting<T>? Choice<T>(
        this SectionReader section,
        string key,
        IReadOnlyDictionary<string, T> words,
        IReadOnlyList<string>? later = null
    )
        where T : struct
    {
        if (section.Text(key) is not { } text)
            return null;
        if (words.TryGetValue(text.Value, out var value))
            return new Setting<T>(value, text.Origin);
        var place = section.Find(key)!.Place;
        if (later?.Contains(text.Value) == true)
            section.Context.NotYet(place, section.At(key), $"{key}: {text.Value}");
        else
            section.Context.Unknown(place, section.At(key), "value", text.Value, [.. words.Keys]);
        return null;
    }

    /// <summary>A whole number in a range, both ends included.</summary>
    public static Setting<int>? Whole(this SectionReader section, string key, int least, int most, string example)
    {
        if (section.Find(key) is not { } node)
            return null;
        if (WholeOf(node, least, most) is { } value)
            return new Setting<int>(value, section.Context.Origin(node.Place));
        section.Error(key, $"must be a whole number from {least} to {most}, for example `{key}: {example}`");
        return null;
    }

    public static int? WholeOf(YamlNode node, int least, int most) =>
        node is YamlScalar { IsPlain: true } scalar
        && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        && value >= least
        && value <= most
            ? value
            : null;

    public static Setting<double>? Number(this SectionReader section, string key, double least, double most, string example)
    {
        if (section.Find(key) is not { } node)
            return null;
        if (
            node is YamlScalar { IsPlain: true } scalar
            && double.TryParse(
                scalar.Text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value >= least
            && value <= most
        )
            return new Setting<double>(value, section.Context.Origin(node.Place));
        section.Error(key, FormattableString.Invariant($"must be a number from {least} to {most}, for example `{key}: {example}`"));
        return null;
    }

    /// <summary>A size with its unit, in bytes.</summary>
    public static Setting<long>? Size(this SectionReader section, string key, long least, long most, string example)
    {
        if (section.Find(key) is not { } node)
            return null;
        var text = node is YamlScalar scalar ? scalar.Text : "";
        if (Units.TrySize(text, out var bytes) && bytes >= least && bytes <= most)
            return new Setting<long>(bytes, section.Context.Origin(node.Place));
        section.Error(
            key,
            $"must be a size with a unit (KiB, MiB, GiB) from {Units.Size(least)} to {Units.Size(most)}, for example `{key}: {example}`"
        );
        return null;
    }

    /// <summary>A time with its unit.</summary>
    public static Setting<TimeSpan>? Duration(this SectionReader section, string key, TimeSpan least, TimeSpan most, string example)
    {
        if (section.Find(key) is not { } node)
            return null;
        var text = node is YamlScalar scalar ? scalar.Text : "";
        if (Units.TryDuration(text, out var time) && time >= least && time <= most)
            return new Setting<TimeSpan>(time, section.Context.Origin(node.Place));
        section.Error(
            key,
            $"must be a time with a unit (ms, s, m, h, d) from {Units.Duration(least)} to {Units.Duration(most)}, for example `{key}: {example}`"
        );
        return null;
    }

    /// <summary>The items of a list that must not be empty; none where the key is absent or no list.</summary>
    public static IReadOnlyList<(YamlNode Node, string Path)> Items(this SectionReader section, string key)
    {
        if (section.Find(key) is not { } node)
            return [];
        if (node is YamlSequence { Items.Count: > 0 } sequence)
            return [.. sequence.Items.Select((item, index) => (item, $"{section.At(key)}[{index}]"))];
        section.Error(key, node is YamlSequence ? "is an empty list; leave the key out instead" : $"must be a list, and is {node.Kind}");
        return [];
    }

    public static IReadOnlyList<string> Texts(this SectionReader section, string key) =>
        [.. section.Items(key).Select(item => TextOf(item.Node, item.Path, section.Context)).OfType<string>()];
}
