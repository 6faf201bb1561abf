using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Cli.Scanning;

/// <summary>
/// Opens a file so that neither a pipe nor a device nor a link that somebody put in its place is read or waited for, whatever changes meanwhile.
/// </summary>
internal static unsafe partial class RegularFile
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoTerminal = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint TypeOnly = 1;
    private const uint TypeMask = 0xF000;
    private const uint Regular = 0x8000;
    private const int ErrorLoop = 40;
    private const int ErrorNoDevice = 6;

    // O_NOFOLLOW is one of the few numbers that differ between architectures.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>The file, or null where it is no regular file.</summary>
    /// <param name="follow">Whether the last part of the path may be a link: what a person named may.</param>
    /// <exception cref="IOException">It can't be read; says why.</exception>
    internal static FileStream? Open(string path, bool follow)
    {
        var descriptor = open(path, NonBlocking | CloseOnExec | NoTerminal | (follow ? 0 : NoFollow));
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            // A link that took the file's place; a socket.
            return error is ErrorLoop or ErrorNoDevice ? null : throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // struct statx has 256 bytes; the type stands in the mode, at byte 28, on every architecture.
        var status = stackalloc byte[256];
        var failed = statx(descriptor, "", AtEmptyPath, TypeOnly, status) != 0;
        if (!failed && (*(ushort*)(status + 28) & TypeMask) == Regular)
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        handle.Dispose();
        return failed ? throw new IOException(reason) : null;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
