using System.Text;
using System.Text.Json.Nodes;
using Caisson.Policy;
using Caisson.Policy.Yaml;

namespace Caisson.Server.Configuration;

/// <summary>
/// <c>$CAISSON_HOME/caisson.yaml</c>: blocks of keys as in the table of settings. Unknown keys, wrong types and everything that the policy
/// reader refuses (anchors, tags, duplicates) are errors with line and column, all of them together.
/// </summary>
internal static class ConfigurationFile
{
    private const long LargestFile = 256 * 1024;

    internal static IReadOnlyDictionary<string, ConfiguredValue> Read(string path, List<string> errors)
    {
        var values = new Dictionary<string, ConfiguredValue>(StringComparer.Ordinal);
        if (!Path.Exists(path))
            return values;
        string text;
        try
        {
            // A directory or a device in its place is an error, not an absent file.
            if (File.Exists(path) && new FileInfo(path).Length > LargestFile)
            {
                errors.Add($"{path}: is larger than 256 KiB.");
                return values;
            }
            text = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            errors.Add($"{path}: is not valid UTF-8.");
            return values;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{path}: can't be read: {exception.Message}");
            return values;
        }
        var root = YamlReader.Read(text, 0, (place, message) => errors.Add($"{path}:{place.Line}:{place.Column}: {message}"));
        if (root is YamlMapping mapping)
            Walk(mapping, "", path, values, errors);
        else if (root is not null and not YamlScalar { IsNull: true })
            errors.Add($"{path}:{root.Place.Line}:{root.Place.Column}: a block of keys is expected here, not {root.Kind}.");
        return values;
    }

    private static void Walk(
        YamlMapping mapping,
        string prefix,
        string path,
        Dictionary<string, ConfiguredValue> values,
        List<string> errors
    )
    {
        foreach (var (key, node) in mapping.Entries)
        {
            var name = prefix + key.Text;
            var place = $"{path}:{key.Place.Line}:{key.Place.Column}";
            if (ServerSettings.All.FirstOrDefault(setting => setting.Key == name) is { } setting)
            {
                if ((setting.Structured ? Blocks(node) : Texts(node, setting.Repeatable)) is { } texts)
                    values[name] = new ConfiguredValue(setting, texts, $"caisson.yaml:{key.Place.Line}");
                else
                    errors.Add($"{place}: {name}: {setting.Type} is expected here, not {node.Kind}.");
            }
            else if (
                node is YamlMapping inner
                && ServerSettings.All.Any(candidate => candidate.Key.StartsWith(name + ".", StringComparison.Ordinal))
            )
                Walk(inner, name + ".", path, values, errors);
            else
                errors.Add(
                    $"{place}: {name}: unknown key{Nearest(name)} Known: {string.Join(", ", ServerSettings.All.Select(candidate => candidate.Key))}."
                );
        }
    }

    private static IReadOnlyList<string>? Texts(YamlNode node, bool list) =>
        node switch
        {
            YamlScalar { IsNull: false } scalar => [scalar.Text],
            YamlSequence sequence when list && sequence.Items.All(item => item is YamlScalar { IsNull: false }) =>
            [
                .. sequence.Items.Select(item => ((YamlScalar)item).Text),
            ],
            _ => null,
        };

    /// <summary>Each item as JSON: the form that a flag and a variable have, so that one reader serves all three.</summary>
    private static List<string>? Blocks(YamlNode node) =>
        node is YamlSequence sequence ? [.. sequence.Items.Select(item => Json(item).ToJsonString())] : null;

    private static JsonNode Json(YamlNode node) =>
        node switch
        {
            YamlMapping mapping => new JsonObject(
                mapping.Entries.Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key.Text, Json(entry.Value)))
            ),
            YamlSequence sequence => new JsonArray([.. sequence.Items.Select(Json)]),
            _ => JsonValue.Create(((YamlScalar)node).Text),
        };

    private static string Nearest(string name) =>
        Suggestion.Nearest(name, ServerSettings.All.Select(setting => setting.Key)) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
}
