using System.Runtime.InteropServices;
using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>
/// Asks the scheduler for short slices (<c>sched_setattr(2)</c>, Linux 6.12 on): PID 1 does little at a time, and a key that somebody types should not wait for the slices of
/// all that its sandbox computes. It gets no larger share, and what it starts has the usual slices. Older kernels take the call and change nothing.
/// </summary>
internal static unsafe class ShortSlices
{
    private const ulong Nanoseconds = 100_000; // the least that the kernel takes
    private const ulong ResetOnFork = 1;
    private const int OfProcess = 0;

    internal static void Ask()
    {
        var (get, set) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (140, 314) : (141, 274);
        // The system call answers 20 less the nice value, so that it is never negative.
        var nice = 20 - (int)Libc.Syscall(get, OfProcess, 0, 0, 0, 0);
        var attributes = new Attributes
        {
            Size = (uint)sizeof(Attributes),
            Flags = ResetOnFork,
            Nice = nice,
            Runtime = Nanoseconds,
        };
        // A kernel that refuses leaves all as it was; nothing depends on it but comfort.
        _ = Libc.Syscall(set, 0, (nint)(&attributes), 0, 0, 0);
    }

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
