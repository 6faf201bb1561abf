using System.Runtime.InteropServices;

namespace Caisson.Init.Kernel;

/// <summary>System calls as the C library offers them; a negative result leaves its cause in <see cref="Errno"/>.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>Cause of this thread's last failed call.</summary>
    internal static int Errno => Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(int directory, string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLink(string path, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true)]
    internal static partial nint ReadLink(byte* path, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe2(int* descriptors, int flags);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Fcntl(int descriptor, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    internal static partial int Duplicate(int descriptor, int target);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int descriptor, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, void* e);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, void* events, int count, int timeout);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    internal static partial byte* MapMemory(void* address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(Library, EntryPoint = "munmap")]
    internal static partial int UnmapMemory(void* address, nint length);

    /// <summary>Gives whole pages of private memory back; they are zero when they are touched again.</summary>
    internal static int DropMemory(void* address, nint length) => AdviseMemory(address, length, 4); // MADV_DONTNEED

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    private static partial int AdviseMemory(void* address, nint length, int advice);

    /// <summary>Opens, at once close-on-exec; for files of <c>/proc</c> and the like.</summary>
    internal static int OpenRead(string path) => Open(path, OpenFlags.CloseOnExec, 0);

    /// <summary>A whole small file, or null with <see cref="Errno"/> set.</summary>
    internal static byte[]? ReadAll(string path)
    {
        var descriptor = OpenRead(path);
        if (descriptor < 0)
        {
            return null;
        }

        try
        {
            return ReadAll(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>All bytes until the end of a descriptor, or null with <see cref="Errno"/> set.</summary>
    internal static byte[]? ReadAll(int descriptor)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length);
            }

            nint read;
            fixed (byte* target = &buffer[length])
            {
                read = Read(descriptor, target, buffer.Length - length);
            }

            if (read < 0 && Errno == Kernel.Errno.Interrupted)
            {
                continue;
            }

            if (read <= 0)
            {
                return read < 0 ? null : buffer[..length];
            }

            length += (int)read;
        }
    }

    /// <summary>Writes a whole small text to an existing file such as a sysctl.</summary>
    internal static bool TryWrite(string path, ReadOnlySpan<byte> text)
    {
        var descriptor = Open(path, OpenFlags.WriteOnly | OpenFlags.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return false;
        }

        nint written;
        fixed (byte* bytes = text)
        {
            written = Write(descriptor, bytes, text.Length);
        }

        _ = Close(descriptor);
        return written == text.Length;
    }
}
