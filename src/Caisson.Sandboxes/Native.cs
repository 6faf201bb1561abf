using System.Runtime.InteropServices;

namespace Caisson.Sandboxes;

/// <summary>System calls that the framework doesn't offer. Numbers are those of Linux on x86-64 and arm64 alike.</summary>
internal static partial class Native
{
    internal const int W_OK = 2;
    internal const int X_OK = 1;
    internal const int SIGTERM = 15;
    internal const int SIGKILL = 9;
    internal const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial uint getegid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chown(string path, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string path, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int pipe2(int* descriptors, int flags);

    /// <summary>Whether something keeps the kernel's clock in step: adjtimex(2) answers TIME_ERROR (5) when nothing does.</summary>
    internal static unsafe bool ClockIsKept()
    {
        // struct timex has 208 bytes on 64-bit Linux; modes = 0 only reads.
        var timex = stackalloc byte[256];
        new Span<byte>(timex, 256).Clear();
        return adjtimex(timex) is >= 0 and not 5;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int adjtimex(byte* timex);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint landlock_create_ruleset(nint number, nint attributes, nint size, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial int pidfd_open(nint number, int pid, uint flags);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int waitpid(int pid, int* status, int options);
}
