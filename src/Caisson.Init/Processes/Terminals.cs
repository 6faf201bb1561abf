using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Processes;

/// <summary>Pseudo-terminals.</summary>
internal static unsafe class Terminals
{
    private const nuint SetLock = 0x40045431; // TIOCSPTLCK
    private const nuint OpenPeer = 0x5441; // TIOCGPTPEER
    private const nuint SetSize = 0x5414; // TIOCSWINSZ
    private const nuint GetSettings = 0x5401; // TCGETS
    private const uint Echo = 0x8;
    private const nuint ForegroundGroup = 0x540F; // TIOCGPGRP

    /// <summary>Opens a pair of the given size; the master side does not block.</summary>
    internal static (int Master, int Peer) Open(TerminalSize size)
    {
        var master = KernelException.Check(
            Libc.Open("/dev/ptmx", OpenFlags.ReadWrite | OpenFlags.NoTerminal | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0),
            "opening /dev/ptmx, which the sandbox needs for terminals"
        );
        var locked = 0;
        if (Libc.Ioctl(master, SetLock, &locked) == 0)
        {
            // Asked of the master itself, so that no path under /dev/pts has to be trusted.
            var peer = Libc.Ioctl(master, OpenPeer, (nint)(OpenFlags.ReadWrite | OpenFlags.NoTerminal | OpenFlags.CloseOnExec));
            if (peer >= 0)
            {
                Resize(master, size);
                return (master, peer);
            }
        }

        var number = Libc.Errno;
        _ = Libc.Close(master);
        throw new KernelException("opening a terminal", number);
    }

    internal static void Resize(int master, TerminalSize size)
    {
        var window = stackalloc ushort[4] { (ushort)size.Rows, (ushort)size.Columns, 0, 0 };
        _ = KernelException.Check(Libc.Ioctl(master, SetSize, window), "setting a terminal's size");
    }

    /// <summary>Pid of the foreground process group, or 0.</summary>
    internal static int Foreground(int master)
    {
        var group = 0;
        return Libc.Ioctl(master, ForegroundGroup, &group) == 0 ? group : 0;
    }

    /// <summary>Whether what is typed now is shown by the terminal itself.</summary>
    internal static bool Echoes(int master)
    {
        var settings = stackalloc uint[16]; // struct termios begins with input, output, control and local flags
        return Libc.Ioctl(master, GetSettings, settings) == 0 && (settings[3] & Echo) != 0;
    }

    internal static bool IsPossible(int columns, int rows) => columns is >= 2 and <= 1000 && rows is >= 1 and <= 500;
}
