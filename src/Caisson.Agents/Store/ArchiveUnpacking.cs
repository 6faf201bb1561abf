using System.Formats.Tar;
using System.IO.Compression;

namespace Caisson.Agents.Store;

/// <summary>
/// Unpacks a verified npm archive. The sum says that it is the pinned one, not that it is harmless: only files and directories below its one
/// top directory are made, everything else is refused, and nothing is written outside the target whatever the names say.
/// </summary>
internal static class ArchiveUnpacking
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Of directories: the owner may still delete an old version.</summary>
    private const UnixFileMode DirectoryMode = Readable | Executable | UnixFileMode.UserWrite;

    /// <param name="archive">The .tgz.</param>
    /// <param name="target">Existing empty directory.</param>
    /// <param name="limit">Most bytes that the files may have together.</param>
    /// <returns>Length of each file by its path relative to <paramref name="target"/>.</returns>
    /// <exception cref="StoreException">The archive holds what an agent's archive may not.</exception>
    internal static async Task<SortedDictionary<string, long>> UnpackAsync(
        Stream archive,
        string target,
        long limit,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        var files = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var total = 0L;
        try
        {
            await using var unzipped = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            await using var reader = new TarReader(unzipped);
            while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                    continue;
                var path = RelativePath(entry);
                if (entry.EntryType is TarEntryType.Directory)
                {
                    MakeDirectory(target, path);
                    continue;
                }
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    throw Refuse(entry, $"is a {entry.EntryType}");
                total += entry.Length;
                if (total > limit)
                    throw Refuse(entry, $"makes it larger than the pinned {limit} bytes");
                if (path.Length == 0 || !files.TryAdd(path, entry.Length))
                    throw Refuse(entry, path.Length == 0 ? "has no name" : "stands there twice");
                MakeDirectory(target, Path.GetDirectoryName(path)!);
                await WriteAsync(entry, Path.Combine(target, path), cancellation);
                progress(total);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new StoreException($"the archive is damaged: {error.Message}", error);
        }
        return files;
    }

    /// <summary>The entry's path without npm's top directory (<c>package/</c>, but any name is used in the wild).</summary>
    private static string RelativePath(TarEntry entry)
    {
        var parts = entry.Name.TrimEnd('/').Split('/');
        if (
            entry.Name.StartsWith('/')
            || entry.Name.Contains('\\')
            || entry.Name.Contains('\0')
            || parts.Any(part => part is "" or "." or "..")
        )
            throw Refuse(entry, "would lead out of its directory");
        return string.Join('/', parts[1..]);
    }

    private static void MakeDirectory(string target, string path)
    {
        for (var end = path.IndexOf('/'); path.Length > 0; end = path.IndexOf('/', end + 1))
        {
            CreateReadable(Path.Combine(target, end < 0 ? path : path[..end]));
            if (end < 0)
                return;
        }
    }

    /// <summary>Sandboxes run as other users: the process's umask must not decide whether they can read.</summary>
    internal static void CreateReadable(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, DirectoryMode);
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                PreallocationSize = entry.Length,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        if (entry.DataStream is { } data)
            await data.CopyToAsync(file, 1024 * 1024, cancellation);
        // The stamp that makes the directory usable is written after this: a power cut can't leave a stamped but empty file.
        file.Flush(flushToDisk: true);
        File.SetUnixFileMode(file.SafeFileHandle, (entry.Mode & Executable) == UnixFileMode.None ? Readable : Readable | Executable);
    }

    private static StoreException Refuse(TarEntry entry, string why) =>
        new($"the archive was refused: its entry '{entry.Name}' {why}. Nothing of it was used.");
}
