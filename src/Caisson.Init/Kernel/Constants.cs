using System.Runtime.InteropServices;

namespace Caisson.Init.Kernel;

/// <summary>Error numbers that decisions depend on; the same on x86-64 and arm64.</summary>
internal static class Errno
{
    internal const int NotPermitted = 1;
    internal const int NotFound = 2;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int BadExecutable = 8;
    internal const int Again = 11;
    internal const int Denied = 13;
    internal const int Exists = 17;
    internal const int CrossDevice = 18;
    internal const int NotDirectory = 20;
    internal const int Invalid = 22;
    internal const int BrokenPipe = 32;
    internal const int LoopOfLinks = 40;
    internal const int NoSuchDevice = 19;
    internal const int NotSupported = 95;
    internal const int AddressFamilyUnsupported = 97;
    internal const int ConnectionRefused = 111;
    internal const int InProgress = 115;

    /// <summary>The cause in words, with its number.</summary>
    internal static string Text(int number) => $"{Marshal.GetPInvokeErrorMessage(number)} (errno {number})";
}

/// <summary>Flags of <c>open</c>; directory and link flags differ between the architectures.</summary>
internal static class OpenFlags
{
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int Exclusive = 0x80;
    internal const int NoTerminal = 0x100;
    internal const int Truncate = 0x200;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int PathOnly = 0x200000;
    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static int Directory => s_arm ? 0x4000 : 0x10000;

    internal static int NoFollow => s_arm ? 0x8000 : 0x20000;
}

/// <summary>Numbers of the socket interface.</summary>
internal static class SocketNumbers
{
    internal const int Unix = 1;
    internal const int InternetV4 = 2;
    internal const int InternetV6 = 10;
    internal const int Netlink = 16;
    internal const int Stream = 1;
    internal const int Datagram = 2;
    internal const int Raw = 3;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int LevelSocket = 1;
    internal const int LevelIp = 0;
    internal const int LevelIpV6 = 41;
    internal const int LevelTcp = 6;
    internal const int ReuseAddress = 2;
    internal const int Linger = 13;
    internal const int PeerCredentials = 17;
    internal const int Error = 4;
    internal const int OriginalDestination = 80;
    internal const int OnlyV6 = 26;
    internal const int NoDelay = 1;
    internal const int NoSignal = 0x4000;
    internal const int ShutdownWrite = 1;
}

/// <summary>Numbers of signals.</summary>
internal static class Signals
{
    internal const int Hangup = 1;
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;
    internal const int Child = 17;
    internal const int Continue = 18;
}
