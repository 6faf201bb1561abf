using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>presets</c>: a block for each, by name. Its values are checked as those that a person fills in.</summary>
internal static class TemplatePresetReader
{
    internal static IReadOnlyList<TemplatePreset> Read(YamlNode? node, TemplateManifest template, LoadContext context)
    {
        var presets = new List<TemplatePreset>();
        foreach (var (key, value) in SectionReader.OpenFree(node, "presets", context)?.Entries ?? [])
        {
            var path = $"presets.{LoadContext.Shown(key.Text)}";
            if (!PolicyName.IsValid(key.Text))
                context.Error(key.Place, path, $"the name of a preset must match {PolicyName.Pattern}");
            else if (SectionReader.Open(value, path, context, ["label", "description", "parameters", "policies"]) is { } section)
                presets.Add(
                    new TemplatePreset(
                        key.Text,
                        section.Text("label")?.Value ?? key.Text,
                        section.Text("description")?.Value,
                        Parameters(section, template),
                        Policies(section, template)
                    )
                );
        }
        return presets;
    }

    private static IReadOnlyDictionary<string, string> Parameters(SectionReader section, TemplateManifest template)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var (key, node) in SectionReader.OpenFree(section.Find("parameters"), section.At("parameters"), section.Context)?.Entries ?? []
        )
        {
            var path = $"{section.At("parameters")}.{LoadContext.Shown(key.Text)}";
            if (template.Parameters.FirstOrDefault(known => known.Name == key.Text) is not { } parameter)
                section.Context.Unknown(key.Place, path, "parameter", key.Text, [.. template.Parameters.Select(known => known.Name)]);
            else if (SectionValues.TextOf(node, path, section.Context) is { } value)
            {
                if (TemplateParameterReader.WhyNot(parameter, value) is { } why)
                    section.Context.Error(node.Place, path, why);
                values[key.Text] = value;
            }
        }
        return values;
    }

    private static IReadOnlyList<string> Policies(SectionReader section, TemplateManifest template)
    {
        var policies = section.Texts("policies");
        foreach (var wrong in policies.Where(wrong => !template.Policies.Contains(wrong)))
            section.Context.Unknown(
                section.PlaceOf("policies"),
                section.At("policies"),
                "policy of this template",
                wrong,
                template.Policies
            );
        return policies;
    }
}
