using System.Runtime.InteropServices;
using Caisson.Init.Kernel;

namespace Caisson.Init.Seccomp;

/// <summary>
/// The system-call filter of agents' processes. It denies what reaches parts of the kernel that no coding agent needs (mounts, keyrings, BPF,
/// io_uring, performance events, other socket families), new namespaces, typing into terminals, setuid files, and calls aimed at PID 1, which runs
/// as the same kernel user.
/// </summary>
internal static class AgentFilter
{
    private const uint X32Bit = 0x40000000;
    private const uint NewNamespaces = 0x7E020000; // every CLONE_NEW* flag that clone takes
    private const uint NewTimeNamespace = 0x80; // unshare alone has it; in clone this bit belongs to the exit signal
    private const uint SetIds = 0xC00; // S_ISUID, S_ISGID
    private const uint CreatesFile = 0x400040; // O_CREAT, O_TMPFILE's own bit
    private const uint Unix = 1;
    private const uint InternetV4 = 2;
    private const uint InternetV6 = 10;
    private const uint Netlink = 16;
    private const uint TypeIntoTerminal = 0x5412; // TIOCSTI
    private const uint ConsoleControl = 0x541C; // TIOCLINUX
    private const uint ChooseSignal = 10; // F_SETSIG
    private const int NoSuchCall = 38;
    private const int FamilyUnsupported = 97;

    /// <summary>The system calls of this machine.</summary>
    internal static SystemCalls Calls { get; } =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SystemCalls.Arm64 : SystemCalls.X64;

    /// <summary>The filter for this machine; <paramref name="protectedThreads"/> are those of PID 1.</summary>
    internal static ulong[] Build(IReadOnlyList<int> protectedThreads) => Build(Calls, protectedThreads);

    internal static ulong[] Build(SystemCalls calls, IReadOnlyList<int> protectedThreads)
    {
        var denied = BpfProgram.Error(Errno.NotPermitted);
        var program = new BpfProgram();
        program.OnlyArchitecture(calls.Architecture);
        if (calls == SystemCalls.X64)
        {
            program.From(X32Bit, BpfProgram.KillProcess); // x32 has numbers of its own, which the rules below would miss
        }

        foreach (var number in calls.Denied.Values)
        {
            program.Call(number, denied);
        }

        // Its flags lie in memory, where no filter can look. The C libraries fall back to clone.
        program.Call(SystemCalls.Clone3, BpfProgram.Error(NoSuchCall));
        program.CallWithBits(calls.Clone, 0, NewNamespaces, denied);
        program.CallWithBits(calls.Unshare, 0, NewNamespaces | NewTimeNamespace, denied);

        // A setuid file in a mounted repository would keep its bit on the host. openat2's mode lies in memory; programs fall back to openat.
        foreach (var (number, mode) in calls.SetMode)
        {
            program.CallWithBits(number, mode, SetIds, denied);
        }

        foreach (var (number, flags) in calls.Open)
        {
            program.CallWithBits(number, flags, CreatesFile, flags + 1, SetIds, denied);
        }

        program.Call(SystemCalls.OpenAt2, BpfProgram.Error(NoSuchCall));

        // Route queries are what getifaddrs needs of netlink.
        uint[] families = [Unix, InternetV4, InternetV6];
        program.CallOnlyWith(calls.Socket, 0, families, Netlink, 2, BpfProgram.Error(FamilyUnsupported));
        program.CallOnlyWith(calls.SocketPair, 0, families, Netlink, 2, BpfProgram.Error(FamilyUnsupported));
        program.CallWithValue(calls.Ioctl, 1, [TypeIntoTerminal, ConsoleControl], denied);

        // With F_SETOWN it would send PID 1 a signal of the agent's choice in the kernel's name. What is left, SIGIO and SIGURG, PID 1 ignores.
        program.CallWithValue(calls.FileControl, 1, [ChooseSignal], denied);

        var threads = new uint[protectedThreads.Count];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = (uint)protectedThreads[i];
        }

        foreach (var number in calls.OnProcess)
        {
            program.CallWithValue(number, 0, threads, denied);
        }

        program.CallWithValue(calls.SetPriority, 1, threads, denied);
        program.Return(BpfProgram.Allow);
        return program.ToArray();
    }
}
