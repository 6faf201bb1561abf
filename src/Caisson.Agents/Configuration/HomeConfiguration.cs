using System.Text.Json.Nodes;

namespace Caisson.Agents.Configuration;

/// <summary>
/// Brings an agent's files into a home: read, merge, write, one after the other, so that no file has two writers. What did not change is
/// not written.
/// </summary>
public static class HomeConfiguration
{
    /// <summary>Lists, by file, the keys that Caisson sets at every start.</summary>
    public const string ManagedKeys = ".caisson/managed.json";

    /// <returns>What was found and done that the user should know of, a sentence each.</returns>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        IReadOnlyList<AgentFile> files,
        IHomeFiles home,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var notes = new List<string>();
        foreach (var file in files)
        {
            var existing = await home.ReadAsync(file.Path, cancellation);
            var merged = ConfigurationMerge.Apply(file, existing);
            if (merged.Broken is { } why)
            {
                var aside = $"{file.Path}.broken-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
                await home.WriteAsync(aside, existing!, cancellation);
                notes.Add($"~/{file.Path} could not be read ({why}). It was kept as ~/{aside}, and a new one was made.");
            }
            if (merged.Changed)
                await home.WriteAsync(file.Path, merged.Content, cancellation);
        }
        await ListManagedAsync(files, home, cancellation);
        return notes;
    }

    private static async Task ListManagedAsync(IReadOnlyList<AgentFile> files, IHomeFiles home, CancellationToken cancellation)
    {
        if (files.Count == 0)
            return;
        var settings = files.Select(file => new FileSetting([file.Path], OwnedKeys(file))).ToArray();
        var list = new AgentFile(ManagedKeys, FileFormat.Json, settings);
        var merged = ConfigurationMerge.Apply(list, await home.ReadAsync(ManagedKeys, cancellation));
        if (merged.Changed)
            await home.WriteAsync(ManagedKeys, merged.Content, cancellation);
    }

    private static string OwnedKeys(AgentFile file)
    {
        var keys = new JsonArray();
        foreach (var setting in file.Settings.Where(setting => setting.Mode is SettingMode.Owned))
            keys.Add((JsonNode)setting.ToString());
        return keys.ToJsonString();
    }
}
