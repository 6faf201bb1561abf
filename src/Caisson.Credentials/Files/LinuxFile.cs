using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Credentials.Files;

/// <summary>Whose a file is and whether it changed: what .NET doesn't tell.</summary>
/// <param name="IsRegular">No directory, pipe, socket or device.</param>
/// <param name="Mode">Permission bits, 12 bits.</param>
/// <param name="Stamp">Differs whenever content or owner changed: device, inode, size, time of change.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileFacts(bool IsRegular, uint Owner, uint Mode, long Size, FileStamp Stamp);

[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStamp(ulong Device, ulong Inode, long Size, long ChangeSeconds, uint ChangeNanoseconds);

/// <summary>The few system calls that this room needs. <c>statx</c> has the same layout on every architecture (statx(2)).</summary>
internal static unsafe partial class LinuxFile
{
    private const int AtFdCwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int ErrorExists = 17;

    public static uint EffectiveUser => geteuid();

    /// <summary>Follows links, as opening does. Null with the reason where the file can't be looked at.</summary>
    public static FileFacts? Look(string path, out string problem)
    {
        StatX buffer;
        var failed = statx(AtFdCwd, path, 0, BasicStats, &buffer) != 0;
        problem = failed ? Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()) : "";
        return failed ? null : Facts(buffer);
    }

    public static FileFacts? Look(SafeFileHandle handle)
    {
        StatX buffer;
        return statx((int)handle.DangerousGetHandle(), "", AtEmptyPath, BasicStats, &buffer) != 0 ? null : Facts(buffer);
    }

    /// <summary>Gives a file a second name, unless that name is taken: the one atomic way to create something whole exactly once.</summary>
    /// <returns>False where the name is taken.</returns>
    public static bool TryLink(string existing, string name)
    {
        if (link(existing, name) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == ErrorExists ? false : throw new IOException($"{name} can't be created: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void Flush(string directory)
    {
        var descriptor = open(directory, 0x80000); // O_RDONLY | O_CLOEXEC
        if (descriptor < 0)
            throw new IOException($"{directory} can't be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) != 0)
            throw new IOException($"{directory} can't be written: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static FileFacts Facts(StatX found) =>
        new(
            (found.Mode & 0xf000) == 0x8000,
            found.User,
            found.Mode & 0xfffu,
            (long)found.Size,
            new FileStamp(
                ((ulong)found.DeviceMajor << 32) | found.DeviceMinor,
                found.Inode,
                (long)found.Size,
                found.ChangeSeconds,
                found.ChangeNanoseconds
            )
        );

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, StatX* buffer);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    // O_DIRECTORY is another number on arm; without it a directory opens just as well.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(0x14)]
        public uint User;

        [FieldOffset(0x1c)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x60)]
        public long ChangeSeconds;

        [FieldOffset(0x68)]
        public uint ChangeNanoseconds;

        [FieldOffset(0x88)]
        public uint DeviceMajor;

        [FieldOffset(0x8c)]
        public uint DeviceMinor;
    }
}
