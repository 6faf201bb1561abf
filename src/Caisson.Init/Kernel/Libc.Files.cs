using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Caisson.Init.Kernel;

internal static unsafe partial class Libc
{
    private const nint OpenAt2Number = 437;
    private const int EmptyPath = 0x1000;
    private const int NoFollowLink = 0x100;

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectoryAt(int directory, string path, int mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnlinkAt(int directory, string path, int flags);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SymbolicLinkAt(string target, int directory, string path);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LinkAt(int fromDirectory, string from, int directory, string path, int flags);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(int descriptor, int mode);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    internal static partial int SetTimes(int descriptor, long* times);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLinkAt(int directory, string path, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(int descriptor, void* buffer, nint length, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint WriteAt(int descriptor, void* buffer, nint length, long offset);

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FileSystemStatus(int descriptor, long* result);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExtendedStatus(int directory, string path, int flags, uint mask, byte* result);

    /// <summary>Whether a file's content has no place but memory: it is on tmpfs or ramfs.</summary>
    internal static bool IsMemoryFile(int descriptor)
    {
        const long TemporaryFiles = 0x01021994;
        const long MemoryFiles = 0x858458f6;
        var status = stackalloc long[32]; // struct statfs is 120 bytes and begins with the type
        return FileSystemStatus(descriptor, status) == 0 && status[0] is TemporaryFiles or MemoryFiles;
    }

    /// <summary>Opens a path beneath a directory; no link, <c>..</c> or magic link leads out of it, however the tree changes meanwhile.</summary>
    internal static int OpenBeneath(int directory, string path, int flags)
    {
        var how = stackalloc ulong[3] { (uint)flags, 0, 0x08 | 0x02 }; // RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS
        var name = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return (int)Syscall(OpenAt2Number, directory, name, (nint)how, 3 * sizeof(ulong), 0);
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    /// <summary>What a name in a directory is; links are not followed. An empty name asks about the descriptor itself.</summary>
    internal static bool TryGetStatus(int directory, string name, out FileStatus status)
    {
        const uint Basic = 0x7FF;
        var raw = stackalloc byte[256];
        var done = ExtendedStatus(directory, name, name.Length == 0 ? EmptyPath : NoFollowLink, Basic, raw) == 0;
        var bytes = new ReadOnlySpan<byte>(raw, 256); // struct statx: the same on every architecture
        status = done
            ? new FileStatus(
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[112..])
            )
            : default;
        return done;
    }
}

/// <summary>Mode with type, size in bytes and time of the last change in seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStatus(int Mode, long Size, long ModifiedSeconds)
{
    internal bool IsDirectory => (Mode & 0xF000) == 0x4000;

    internal bool IsFile => (Mode & 0xF000) == 0x8000;

    internal bool IsLink => (Mode & 0xF000) == 0xA000;

    internal int Permissions => Mode & 0xFFF;
}
