using System.Runtime.InteropServices;

namespace Caisson.Cli.Scanning;

/// <summary>
/// All files of a folder, in the order of their names. Nothing that lies in the folder changes what is listed: no ignore file, no attribute. Links are not
/// followed: what they lead to is scanned where it is, or is no part of the folder.
/// </summary>
internal static class FileTree
{
    /// <summary>A file to scan; or, with <paramref name="Left"/> or <paramref name="Failed"/>, something that can't be scanned and why.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Entry(string Path, string? Left = null, string? Failed = null);

    internal static IEnumerable<Entry> Walk(string folder)
    {
        // A stack of its own: folders may lie thousands deep.
        var open = new Stack<Entry>();
        open.Push(new Entry(folder));
        while (open.TryPop(out var next))
        {
            if (next.Left is not null || next.Failed is not null || !IsFolder(next.Path, isRoot: next.Path == folder))
            {
                yield return next;
                continue;
            }
            List<Entry> inside;
            Entry? fault = null;
            try
            {
                inside =
                [
                    .. new DirectoryInfo(next.Path)
                        .EnumerateFileSystemInfos()
                        .Select(info => Of(info, next.Path == "." ? info.Name : Path.Join(next.Path, info.Name)))
                        .OrderByDescending(entry => entry.Path, StringComparer.Ordinal),
                ];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                inside = [];
                fault = new Entry(next.Path, Failed: $"the folder can't be listed: {exception.Message}");
            }
            if (fault is not null)
                yield return fault.Value;
            foreach (var entry in inside)
                open.Push(entry);
        }
    }

    private static bool IsFolder(string path, bool isRoot)
    {
        var info = new DirectoryInfo(path);
        return info.Exists && (isRoot || (info.Attributes & FileAttributes.ReparsePoint) == FileAttributes.None);
    }

    private static Entry Of(FileSystemInfo info, string path)
    {
        // .NET has no name for what isn't UTF-8, and then no attributes.
        if (info.Attributes == (FileAttributes)(-1))
            return new Entry(path, Failed: "it can't be opened by this name; it may have gone, or its name is not UTF-8: rename it");
        var isFolder = (info.Attributes & FileAttributes.Directory) != FileAttributes.None;
        return (info.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None ? new Entry(path, Left: "a link")
            : isFolder && info.Name == ".git" ? new Entry(path, Left: "git's own folder; --git RANGE scans what commits brought")
            : new Entry(path);
    }
}
