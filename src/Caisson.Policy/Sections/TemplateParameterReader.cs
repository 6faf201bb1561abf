using System.Globalization;
using System.Text.RegularExpressions;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>parameters</c>: a block for each, by name.</summary>
internal static class TemplateParameterReader
{
    private static readonly Dictionary<string, ParameterType> Types = new(StringComparer.Ordinal)
    {
        ["text"] = ParameterType.Text,
        ["number"] = ParameterType.Number,
        ["choice"] = ParameterType.Choice,
        ["secret"] = ParameterType.Secret,
    };

    internal static IReadOnlyList<TemplateParameter> Read(YamlNode? node, LoadContext context)
    {
        var parameters = new List<TemplateParameter>();
        foreach (var (key, value) in SectionReader.OpenFree(node, "parameters", context)?.Entries ?? [])
        {
            var path = $"parameters.{LoadContext.Shown(key.Text)}";
            if (!IsName(key.Text))
                context.Error(key.Place, path, "the name of a parameter is lower case letters, digits and _, and begins with a letter");
            else if (One(key.Text, value, path, context) is { } parameter)
                parameters.Add(parameter);
        }
        return parameters;
    }

    private static TemplateParameter? One(string name, YamlNode node, string path, LoadContext context)
    {
        if (
            SectionReader.Open(node, path, context, ["type", "label", "help", "default", "min", "max", "pattern", "choices"])
            is not { } section
        )
            return null;
        if (section.Choice("type", Types) is not { } type)
        {
            if (!section.Has("type"))
                section.Error("type", $"is needed: one of {string.Join(", ", Types.Keys)}");
            return null;
        }
        var pattern = section.Text("pattern")?.Value;
        if (pattern is not null && !IsPattern(pattern))
            section.Error("pattern", "is no regular expression, or one that needs backtracking");
        var choices = section.Texts("choices");
        if (type.Value == ParameterType.Choice && choices.Count == 0 && !section.Has("choices"))
            section.Error("choices", "is needed for a choice");
        Only(section, type.Value, ParameterType.Choice, "choices");
        Only(section, type.Value, ParameterType.Text, "pattern");
        Only(section, type.Value, ParameterType.Number, "min", "max");
        var parameter = new TemplateParameter
        {
            Name = name,
            Type = type.Value,
            Label = section.Text("label")?.Value ?? name,
            Help = section.Text("help")?.Value,
            Default = section.Text("default")?.Value,
            Minimum = section.Number("min", double.MinValue, double.MaxValue, "1")?.Value,
            Maximum = section.Number("max", double.MinValue, double.MaxValue, "10")?.Value,
            Pattern = pattern,
            Choices = choices,
        };
        if (parameter.Default is { } given && WhyNot(parameter, given) is { } why)
            section.Error("default", why);
        return parameter;
    }

    /// <summary>Why this value isn't one that the parameter takes, or null.</summary>
    internal static string? WhyNot(TemplateParameter parameter, string value) =>
        parameter.Type switch
        {
            _ when value.Length > 1000 || value.Any(char.IsControl) => "must be one line of at most 1,000 characters",
            ParameterType.Choice => parameter.Choices.Contains(value) ? null : $"must be one of {string.Join(", ", parameter.Choices)}",
            ParameterType.Number => !double.TryParse(
                value,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? "must be a number"
            : number < parameter.Minimum || number > parameter.Maximum
                ? FormattableString.Invariant($"must be from {parameter.Minimum} to {parameter.Maximum}")
            : null,
            ParameterType.Secret => PolicyName.IsValid(value) ? null : "must be the name of a credential, never its value",
            _ => parameter.Pattern is { } pattern && !Matches(pattern, value) ? $"must match {pattern}" : null,
        };

    private static void Only(SectionReader section, ParameterType type, ParameterType wanted, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (type != wanted && section.Has(key))
                section.Error(key, $"is for parameters of type {wanted.ToString().ToLowerInvariant()}");
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 40
        && char.IsAsciiLetterLower(name[0])
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_');

    private static bool Matches(string pattern, string value) =>
        Regex.IsMatch(value, $@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private static bool IsPattern(string pattern)
    {
        try
        {
            return Matches(pattern, "") || true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
