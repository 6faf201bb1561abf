using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Audit;

/// <summary>
/// Opens a file so that the kernel itself puts every write at its end (<c>open(2)</c>, <c>O_APPEND</c>). .NET's own append mode writes at offsets
/// it remembers, and two writers would overwrite each other.
/// </summary>
internal static partial class AppendOnlyFile
{
    private const int ReadWrite = 0x2;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int NoFollow = 0x20000;
    private const int CloseOnExec = 0x80000;
    private const uint OwnerOnly = 0x180; // 0600

    /// <exception cref="IOException">It cannot be opened; the message names the file and the cause.</exception>
    public static SafeFileHandle Open(string path)
    {
        var noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : NoFollow;
        var handle = OpenFile(path, ReadWrite | Create | Append | noFollow | CloseOnExec, OwnerOnly);
        if (!handle.IsInvalid)
            return handle;
        var cause = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        handle.Dispose();
        throw new IOException($"The decision log {path} cannot be opened: {cause}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags, uint mode);
}
