using System.Text.Json.Nodes;

namespace Caisson.Agents.Configuration;

/// <summary>Puts Caisson's keys into a file of the user's: what they wrote stays, and doing it again changes no byte.</summary>
public static class ConfigurationMerge
{
    /// <param name="existing">The file as it is, or null where there is none.</param>
    public static MergeResult Apply(AgentFile file, string? existing) =>
        file.Format switch
        {
            FileFormat.Json => JsonMerge.Apply(file, existing),
            FileFormat.Toml => TomlMerge.Apply(file, existing),
            FileFormat.Text => Whole(JsonNode.Parse(file.Settings.Single().Value)!.GetValue<string>(), existing),
            _ => throw new ArgumentOutOfRangeException(nameof(file)),
        };

    private static MergeResult Whole(string content, string? existing) =>
        new(content, !string.Equals(content, existing, StringComparison.Ordinal));
}

/// <param name="Content">What the file should hold.</param>
/// <param name="Changed">Whether that differs from what is there.</param>
/// <param name="Broken">Why the existing file could not be read. It is to be set aside under another name; Content is then that of a fresh one.</param>
public sealed record MergeResult(string Content, bool Changed, string? Broken = null);
