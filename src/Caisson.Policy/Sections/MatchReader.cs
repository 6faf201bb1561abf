using Caisson.Policy.Decisions.Paths;
using Caisson.Policy.Loading;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>match</c> and <c>deny</c> of a route.</summary>
internal static class MatchReader
{
    private static readonly string[] Later = ["headers", "query", "body", "graphql", "mcp"];

    private static readonly Dictionary<string, PathMatch> Types = new(StringComparer.Ordinal)
    {
        ["prefix"] = PathMatch.Prefix,
        ["exact"] = PathMatch.Exact,
        ["glob"] = PathMatch.Glob,
        ["regex"] = PathMatch.Regex,
    };

    public static IReadOnlyList<MatchRule> Read(SectionReader route, string key) =>
        [.. route.Items(key).Select(item => Entry(item.Node, item.Path, key == "match", route.Context)).OfType<MatchRule>()];

    private static MatchRule? Entry(YamlNode node, string path, bool allows, LoadContext context)
    {
        string[] keys = allows ? ["paths", "methods", "credential"] : ["paths", "methods"];
        var section = SectionReader.Open(node, path, context, keys, Later);
        if (section is null)
            return null;
        if (section.IsEmpty)
            context.Error(section.Place, path, "is empty: an entry needs a condition", null, keys);
        return new MatchRule
        {
            Paths = [.. section.Items("paths").Select(item => PathOf(item.Node, item.Path, context)).OfType<PathRule>()],
            Methods = Tokens.Methods(section, "methods"),
            Credential = allows ? CredentialsReader.Name(section, "credential")?.Value : null,
            Origin = section.Origin,
        };
    }

    private static PathRule? PathOf(YamlNode node, string path, LoadContext context)
    {
        if (node is YamlScalar scalar)
        {
            context.Error(
                node.Place,
                path,
                $"must be a block, for example `{{ type: prefix, value: {(scalar.Text.Length > 0 ? LoadContext.Shown(scalar.Text) : "/docs")} }}`"
            );
            return null;
        }
        var section = SectionReader.Open(node, path, context, ["type", "value"]);
        if (section is null)
            return null;
        foreach (var key in new[] { "type", "value" })
        {
            if (!section.Has(key))
                context.Error(section.Place, path, $"{key} is missing", null, key == "type" ? [.. Types.Keys] : null);
        }
        if (section.Choice("type", Types) is not { } type || section.Text("value") is not { } value)
            return null;
        var rule = new PathRule(type.Value, value.Value);
        if (PathMatcher.TryCompile(rule, out _, out var problem))
            return rule;
        section.Error("value", $"the path {problem}");
        return null;
    }
}
