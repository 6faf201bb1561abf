using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>
/// What everyone in the sandbox sees of the kernel's own files. PID 1's root and the agents' user are the same user for the kernel, so
/// settings that this user owns (all of <c>net.*</c>) would be the agents' to change; the whole tree is made read-only.
/// </summary>
internal static class SystemView
{
    private const nuint ReadOnly = 0x1;
    private const nuint NoSetuid = 0x2;
    private const nuint NoDevices = 0x4;
    private const nuint NoPrograms = 0x8;
    private const nuint Remount = 0x20;
    private const nuint Bind = 0x1000;
    private const int DetachMount = 2;
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    private static readonly string[] s_hidden =
    [
        "/proc/kcore",
        "/proc/keys",
        "/proc/key-users",
        "/proc/kmsg",
        "/proc/kallsyms",
        "/proc/kpagecount",
        "/proc/kpageflags",
        "/proc/kpagecgroup",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/latency_stats",
        "/proc/sched_debug",
        "/proc/sysrq-trigger",
        "/proc/interrupts",
        "/proc/iomem",
        "/proc/ioports",
        "/proc/vmallocinfo",
        "/proc/slabinfo",
        "/proc/acpi",
        "/proc/asound",
        "/proc/bus",
        "/proc/fs",
        "/proc/irq",
        "/proc/scsi",
        "/proc/driver",
        "/proc/dynamic_debug",
        "/sys/firmware",
        "/sys/kernel",
        "/sys/devices/virtual/powercap",
        "/sys/fs",
    ];

    /// <summary>Settings of this network namespace, before they become read-only.</summary>
    internal static void SetUpNetworkSettings()
    {
        const string Ports = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

        // bubblewrap may have made /proc/sys read-only already; that cover is ours to lift, and Cover() puts a new one.
        if (!Libc.TryWrite(Ports, "0"u8) && (Libc.Unmount("/proc/sys", DetachMount) != 0 || !Libc.TryWrite(Ports, "0"u8)))
        {
            throw new KernelException("letting users bind any port of the sandbox's loopback", Libc.Errno);
        }
    }

    /// <summary>Names the machine that everyone inside sees.</summary>
    internal static unsafe void SetHostName(string? name)
    {
        if (name is null)
        {
            return;
        }

        var bytes = Encoding.ASCII.GetBytes(name);
        fixed (byte* pointer = bytes)
        {
            Check(Libc.SetHostName(pointer, bytes.Length), $"setting the host name {name}");
        }
    }

    /// <summary>Each connection takes two descriptors of PID 1: it takes as many as it may have. Agents' processes have a limit of their own.</summary>
    internal static unsafe void RaiseOpenFiles()
    {
        var limits = stackalloc ulong[2];
        if (Libc.GetLimit(OpenFiles, limits) == 0 && limits[0] < limits[1])
        {
            limits[0] = limits[1];
            _ = Libc.SetLimit(OpenFiles, limits);
        }
    }

    internal static unsafe int OpenFilesLimit()
    {
        var limits = stackalloc ulong[2];
        return Libc.GetLimit(OpenFiles, limits) == 0 ? (int)Math.Min(limits[0], 1 << 20) : 1024;
    }

    /// <summary>Makes kernel settings read-only and hides what nobody inside needs.</summary>
    internal static void Cover(IReadOnlyList<string> more)
    {
        MakeReadOnly("/proc/sys");
        foreach (var path in s_hidden)
        {
            Hide(path);
        }

        foreach (var path in more)
        {
            Hide(path);
        }

        if (Libc.Access("/sys/kernel", 0) == 0)
        {
            MakeReadOnly("/sys");
        }
    }

    private static void MakeReadOnly(string path)
    {
        Check(Libc.Mount(path, path, null, Bind, null), $"covering {path}");
        const nuint Flags = Bind | Remount | ReadOnly | NoSetuid | NoDevices | NoPrograms;
        Check(Libc.Mount(path, path, null, Flags, null), $"making {path} read-only");
    }

    private static unsafe void Hide(string path)
    {
        var descriptor = Libc.Open(path, OpenFlags.PathOnly | OpenFlags.CloseOnExec | OpenFlags.NoFollow, 0);
        if (descriptor < 0)
        {
            return; // not there on this kernel: nothing to hide
        }

        _ = Libc.Close(descriptor);
        if (Libc.Mount("/dev/null", path, null, Bind, null) == 0)
        {
            return;
        }

        // A file cannot cover a directory.
        if (Libc.Errno != Errno.NotDirectory)
        {
            throw new KernelException($"hiding {path}", Libc.Errno);
        }

        const nuint Flags = ReadOnly | NoSetuid | NoDevices | NoPrograms;
        Check(Libc.Mount("none", path, "tmpfs", Flags, "size=4k,mode=555"), $"hiding {path}");
    }

    private static void Check(int result, string what) => _ = KernelException.Check(result, what);
}
