using System.Text.Json;
using System.Text.Json.Serialization;
using Caisson.Init.Protocol;
using Caisson.Sandboxes.Spawning;

namespace Caisson.Sandboxes.Repositories;

/// <summary>
/// What a mount changed on the host: placeholders that were made, and which repositories were there before. Written down before the first change,
/// so that a later server takes back what one that was killed had made.
/// </summary>
public sealed record MountRecord
{
    public required string Root { get; init; }
    public required IReadOnlyList<Placeholder> Made { get; init; }
    public required IReadOnlyList<string> Repositories { get; init; }
}

/// <summary>Makes and takes back the placeholders of a mounted repository.</summary>
public static class Placeholders
{
    private const string Unreviewed = ".unreviewed";

    /// <summary>Makes what is missing, owned by the repository's owner.</summary>
    /// <param name="record">File on the host that remembers it.</param>
    public static void Create(string root, ProtectedLayout layout, string record)
    {
        var entry = new MountRecord
        {
            Root = root,
            Made = layout.Missing,
            Repositories = layout.Repositories,
        };
        File.WriteAllBytes(record, JsonSerializer.SerializeToUtf8Bytes(entry, MountJson.Default.MountRecord));
        var owner = Ownership.Of(root);
        foreach (var placeholder in layout.Missing)
        {
            var path = Path.Combine(root, placeholder.Path);
            if (placeholder.Kind == PlaceholderKind.Directory)
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                file.Write(placeholder.Content);
            }
            if (owner != new FileOwner((int)Native.geteuid(), (int)Native.getegid()))
                Ownership.Give(path, owner.Uid, owner.Gid);
        }
    }

    /// <summary>
    /// After the last process has ended: removes placeholders that are still as they were made, and puts repositories that came into being
    /// since the launch out of git's sight, by a new name, so that nothing in them runs on the host before a person has looked.
    /// </summary>
    /// <returns>What was set aside or could not be done, in words.</returns>
    public static IReadOnlyList<string> Remove(string record)
    {
        if (!File.Exists(record))
            return [];
        var notes = new List<string>();
        if (
            JsonSerializer.Deserialize(File.ReadAllBytes(record), MountJson.Default.MountRecord) is { } entry
            && Directory.Exists(entry.Root)
        )
        {
            foreach (var placeholder in entry.Made.Reverse())
                Try(notes, () => Remove(entry.Root, placeholder));
            foreach (var path in RepositoryScan.Find(entry.Root).Except(entry.Repositories, StringComparer.Ordinal))
                Try(notes, () => notes.Add(SetAside(entry.Root, path)));
        }
        File.Delete(record);
        return notes;
    }

    /// <summary>Repositories that came into being since the launch, relative to the root.</summary>
    public static IReadOnlyList<string> NewRepositories(string record) =>
        File.Exists(record) && JsonSerializer.Deserialize(File.ReadAllBytes(record), MountJson.Default.MountRecord) is { } entry
            ? [.. RepositoryScan.Find(entry.Root).Except(entry.Repositories, StringComparer.Ordinal)]
            : [];

    /// <summary>The repository that a record is of, or null where there is none.</summary>
    public static string? Root(string record) =>
        File.Exists(record) ? JsonSerializer.Deserialize(File.ReadAllBytes(record), MountJson.Default.MountRecord)?.Root : null;

    private static void Remove(string root, Placeholder placeholder)
    {
        var path = Path.Combine(root, placeholder.Path);
        if (new FileInfo(path).LinkTarget is not null)
            return;
        if (placeholder.Kind == PlaceholderKind.Directory)
        {
            if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                Directory.Delete(path);
        }
        else if (
            File.Exists(path)
            && new FileInfo(path).Length == placeholder.Content.Length
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(placeholder.Content)
        )
        {
            File.Delete(path);
        }
    }

    private static string SetAside(string root, string path)
    {
        var from = Path.Combine(root, path);
        var to = from + Unreviewed;
        for (var number = 2; Path.Exists(to); number++)
            to = $"{from}{Unreviewed}-{number}";
        if (File.Exists(from))
        {
            File.Move(from, to);
        }
        else if (Path.GetFileName(path).Equals(".git", StringComparison.OrdinalIgnoreCase))
        {
            Directory.Move(from, to);
        }
        else
        {
            // A bare repository is known by what it holds, not by its name: without HEAD it is none.
            from = Path.Combine(from, "HEAD");
            to = from + Unreviewed;
            File.Move(from, to, overwrite: true);
        }
        return $"new-repository: {from} came into being in the sandbox. Its configuration and hooks could run programs here, so it is now {to}; look at them before you rename it back.";
    }

    private static void Try(List<string> notes, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            notes.Add($"release-mount: {exception.Message}");
        }
    }
}

[JsonSerializable(typeof(MountRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class MountJson : JsonSerializerContext;
