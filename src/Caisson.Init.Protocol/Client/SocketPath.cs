using System.Runtime.InteropServices;
using System.Text;

namespace Caisson.Init.Protocol.Client;

/// <summary>
/// A Unix socket's address holds 107 bytes. A longer path is reached through a descriptor of its directory, kept open for as long as
/// the address is used.
/// </summary>
internal readonly partial struct SocketPath : IDisposable
{
    private const int LongestAddress = 107;
    private const int PathOnlyDirectory = 0x200000 | 0x10000 | 0x80000; // O_PATH | O_DIRECTORY | O_CLOEXEC
    private readonly int _directory;

    private SocketPath(string path, int directory)
    {
        Path = path;
        _directory = directory;
    }

    internal string Path { get; }

    internal static SocketPath Shorten(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) <= LongestAddress)
        {
            return new SocketPath(path, -1);
        }

        var directory = Open(System.IO.Path.GetDirectoryName(path) ?? "/", PathOnlyDirectory);
        return directory < 0
            ? throw new IOException($"The directory of {path} cannot be opened.")
            : new SocketPath($"/proc/self/fd/{directory}/{System.IO.Path.GetFileName(path)}", directory);
    }

    public void Dispose()
    {
        if (_directory >= 0)
        {
            _ = Close(_directory);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
