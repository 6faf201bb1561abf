using System.Text.Json.Nodes;

namespace Caisson.Agents.Configuration;

/// <summary>A file of its own that says, by file, which keys Caisson sets at every start, so that users know which are theirs.</summary>
public static class ManagedKeys
{
    public const string Path = ".caisson/managed.json";

    /// <summary><paramref name="files"/> and the list of their keys.</summary>
    internal static IReadOnlyList<AgentFile> With(params IReadOnlyList<AgentFile> files) =>
        [.. files, new AgentFile(Path, FileFormat.Json, [.. files.Select(file => new FileSetting([file.Path], Owned(file)))])];

    private static string Owned(AgentFile file)
    {
        var keys = new JsonArray();
        foreach (var setting in file.Settings.Where(setting => setting.Mode is SettingMode.Owned))
            keys.Add((JsonNode)setting.ToString());
        return keys.ToJsonString();
    }
}
