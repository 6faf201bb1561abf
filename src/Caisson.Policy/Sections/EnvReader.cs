using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>
/// Reads <c>env</c>. A value is a literal, unless it begins with <c>?</c> (asked at launch), is <c>${NAME}</c> as a whole (a variable of the
/// server's user), or a block <c>{credential: name}</c>. Nothing else is interpolated.
/// </summary>
internal static class EnvReader
{
    public static IReadOnlyList<EnvEntry> Read(YamlNode? node, LoadContext context)
    {
        var entries = new List<EnvEntry>();
        foreach (var (key, value) in SectionReader.OpenFree(node, "env", context)?.Entries ?? [])
        {
            var path = $"env.{LoadContext.Shown(key.Text)}";
            if (WhyNotName(key.Text) is { } problem)
                context.Error(key.Place, path, $"the variable {problem}");
            else if (Value(key.Text, value, path, context) is { } entry)
                entries.Add(entry);
        }
        return entries;
    }

    /// <summary>The form of a text value; never a block.</summary>
    public static (EnvForm Form, string Text) Classify(string text)
    {
        if (text is ['?', .. var question])
            return (EnvForm.Ask, question.Trim());
        if (text is ['$', '{', .. var name, '}'] && IsVariableName(name))
            return (EnvForm.ServerVariable, name);
        return (EnvForm.Literal, text);
    }

    /// <summary>A portable variable name.</summary>
    public static bool IsVariableName(string name) =>
        name.Length is > 0 and <= 255
        && !char.IsAsciiDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static EnvEntry? Value(string name, YamlNode value, string path, LoadContext context)
    {
        var origin = context.Origin(value.Place);
        if (value is YamlMapping)
        {
            var reference = SectionReader.Open(value, path, context, ["credential"]);
            if (reference?.IsEmpty == true)
                context.Error(value.Place, path, "is an empty block; write `{credential: name}`");
            return reference?.Text("credential") is { } credential
                ? new EnvEntry(name, EnvForm.Credential, credential.Value, origin)
                : null;
        }
        if (SectionValues.TextOf(value, path, context) is not { } text)
            return null;
        var (form, content) = Classify(text);
        return new EnvEntry(name, form, content, origin);
    }

    private static string? WhyNotName(string name)
    {
        if (name.Length == 0)
            return "has no name";
        if (name.AsSpan().ContainsAny('=', '\0', '\n') || name.Contains('\r', StringComparison.Ordinal))
            return "has a name with '=', a newline or NUL in it";
        return ReservedNames.WhyNotVariable(name);
    }
}
