namespace Caisson.Workspaces;

/// <summary>Files that only the server's user may read, replaced as a whole: a reader never sees half of one.</summary>
internal static class PrivateFile
{
    /// <param name="durable">Whether it has to be there after the machine lost power; not for what ends with the machine.</param>
    internal static void Write(string path, ReadOnlySpan<byte> content, bool durable = true)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (
            var file = new FileStream(
                temporary,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        {
            file.Write(content);
            file.Flush(flushToDisk: durable);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
