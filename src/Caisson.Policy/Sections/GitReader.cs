using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>git</c>: the user that commits claim, and whose those of agents are.</summary>
internal static class GitReader
{
    private static readonly Dictionary<string, AgentCommits> Agents = new(StringComparer.Ordinal)
    {
        ["person"] = AgentCommits.Person,
        ["committer"] = AgentCommits.Committer,
        ["co-author"] = AgentCommits.CoAuthor,
    };

    public static GitUser? Read(YamlNode? node, string path, LoadContext context)
    {
        var git = SectionReader.Open(node, path, context, ["user", "agents"], ["repos"]);
        var agents = git?.Choice("agents", Agents);
        var section = SectionReader.Open(git?.Find("user"), $"{path}.user", context, ["name", "email"]);
        if (section is null)
            return agents is null ? null : new GitUser(null, null, agents);
        var user = new GitUser(Line(section, "name"), Line(section, "email"), agents);
        if (!section.Has("name") && !section.Has("email"))
            context.Error(section.Place, section.Path, "needs a name or an email that is not empty");
        return user;
    }

    private static Setting<string>? Line(SectionReader section, string key)
    {
        var text = section.Text(key);
        if (text is null)
            return null;
        if (text.Value.Trim().Length == 0)
            section.Error(key, "is empty");
        else if (text.Value.Any(character => char.IsControl(character) || character is '<' or '>'))
            section.Error(key, "holds a control character, '<' or '>', which no commit has there");
        return text;
    }
}
