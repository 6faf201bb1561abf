using System.Runtime.InteropServices;

namespace Caisson.Init.Protocol.Scheduling;

/// <summary>
/// How long the calling thread runs at a time (<c>sched_setattr(2)</c>, Linux 6.12 on). A thread with short slices gets no larger share of the processors; it gets its share
/// sooner, which is what the echo of a key needs beside all that computes. Older kernels take the call and change nothing.
/// </summary>
public static unsafe partial class ThreadSlices
{
    private const ulong Nanoseconds = 100_000; // the least that the kernel takes
    private const ulong ResetOnFork = 1;
    private const ulong KeepPolicy = 8; // batch and idle stay what they are
    private const int OfProcess = 0;

    /// <summary>For what does little at a time and is waited for.</summary>
    /// <param name="inherited">Whether threads and processes which this thread starts have short slices too; otherwise the usual ones.</param>
    public static void Shorten(bool inherited) => Set(Nanoseconds, inherited ? 0 : ResetOnFork);

    /// <summary>The kernel's own slices again, for what computes long and nobody waits for.</summary>
    public static void Restore() => Set(0, 0);

    private static void Set(ulong slice, ulong flags)
    {
        var (get, set) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (140, 314) : (141, 274);
        var attributes = new Attributes
        {
            Size = (uint)sizeof(Attributes),
            Flags = flags | KeepPolicy,
            // The system call answers 20 less the nice value, so that it is never negative.
            Nice = 20 - (int)SystemCall(get, OfProcess, 0, 0),
            Runtime = slice,
        };
        // A kernel that refuses leaves all as it was; nothing depends on it but comfort.
        _ = SystemCall(set, 0, (nint)(&attributes), 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    /// <summary><c>struct sched_attr</c>, its first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        internal uint Size;
        internal uint Policy;
        internal ulong Flags;
        internal int Nice;
        internal uint Priority;
        internal ulong Runtime;
        internal ulong Deadline;
        internal ulong Period;
    }
}
