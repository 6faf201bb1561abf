using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>
/// Reads an agent profile. Keys of Claude's subagent files are accepted and have no effect here; keys that would widen what is allowed belong in a
/// policy and are refused as such.
/// </summary>
internal static class ProfileReader
{
    private static readonly string[] Keys = ["policy", "agent", "git", "name", "description", "model", "color", "memory"];
    private static readonly string[] Later = ["skills", "settings"];

    public static AgentProfile Read(YamlNode? root, string name, string body, LoadContext context)
    {
        var profile = new AgentProfile
        {
            Name = name,
            File = context.File,
            Prompt = body,
        };
        if (root is null or YamlScalar { IsNull: true })
            return profile;
        var rest = WithoutPolicyKeys(root, context);
        var section = SectionReader.Open(rest, "", context, Keys, Later);
        if (section is null)
            return profile;
        return profile with
        {
            Policies = Policies(section),
            Provider = AgentReader.Provider(section, "agent"),
            GitUser = GitReader.Read(section.Find("git"), "git", context),
        };
    }

    private static YamlNode WithoutPolicyKeys(YamlNode root, LoadContext context)
    {
        if (root is not YamlMapping mapping)
            return root;
        var kept = new List<YamlEntry>();
        foreach (var entry in mapping.Entries)
        {
            var key = entry.Key.Text;
            if (!Keys.Contains(key) && !Later.Contains(key) && (PolicyReader.Keys.Contains(key) || PolicyReader.Later.Contains(key)))
                context.Error(entry.Key.Place, key, $"`{key}` belongs in a policy; an agent profile can't widen what is allowed");
            else
                kept.Add(entry);
        }
        return new YamlMapping(mapping.Place, kept);
    }

    private static IReadOnlyList<Setting<string>> Policies(SectionReader section)
    {
        if (section.Find("policy") is YamlScalar)
            return section.Text("policy") is { } single ? Checked(section, [single]) : [];
        return Checked(
            section,
            [
                .. section
                    .Items("policy")
                    .Select(item => (item.Node, Text: SectionValues.TextOf(item.Node, item.Path, section.Context)))
                    .Where(item => item.Text is not null)
                    .Select(item => new Setting<string>(item.Text!, section.Context.Origin(item.Node.Place))),
            ]
        );
    }

    private static IReadOnlyList<Setting<string>> Checked(SectionReader section, IReadOnlyList<Setting<string>> names)
    {
        foreach (var name in names.Where(name => !PolicyName.IsValid(name.Value)))
            section.Error("policy", $"'{LoadContext.Shown(name.Value)}' is no name of a policy ({PolicyName.Pattern})");
        return names;
    }
}
