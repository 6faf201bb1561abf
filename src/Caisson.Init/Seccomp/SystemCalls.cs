namespace Caisson.Init.Seccomp;

/// <summary>
/// Numbers of the system calls that the filter names, for one architecture. Numbers from 424 on are the same everywhere; -1 means that the
/// architecture has no such call.
/// </summary>
internal sealed class SystemCalls
{
    internal required uint Architecture { get; init; }

    /// <summary>Calls that have no place in a sandbox, whatever their arguments.</summary>
    internal required IReadOnlyDictionary<string, int> Denied { get; init; }

    internal required int Clone { get; init; }

    internal required int Unshare { get; init; }

    internal required int Socket { get; init; }

    internal required int SocketPair { get; init; }

    internal required int Ioctl { get; init; }

    internal required int FileControl { get; init; }

    /// <summary>Calls whose first argument is a process that they harm or hold.</summary>
    internal required IReadOnlyList<int> OnProcess { get; init; }

    internal required int SetPriority { get; init; }

    internal required int MakeNodeAt { get; init; }

    /// <summary>Calls that set a file's mode, and which argument that is.</summary>
    internal required IReadOnlyList<(int Number, int Mode)> SetMode { get; init; }

    /// <summary>Calls that open, and may create, a file, and which argument the flags are; the mode follows them.</summary>
    internal required IReadOnlyList<(int Number, int Flags)> Open { get; init; }

    internal const int Clone3 = 435;

    internal const int OpenAt2 = 437;

    internal static SystemCalls X64 { get; } =
        new()
        {
            Architecture = 0xC000003E,
            Denied = Calls(
                "mount 165, umount2 166, pivot_root 155, bpf 321, keyctl 250, add_key 248, request_key 249, perf_event_open 298, "
                    + "userfaultfd 323, kexec_load 246, kexec_file_load 320, init_module 175, finit_module 313, delete_module 176, setns 308, "
                    + "quotactl 179, swapon 167, swapoff 168, reboot 169, acct 163, syslog 103, open_by_handle_at 304, name_to_handle_at 303, "
                    + "lookup_dcookie 212, nfsservctl 180, vhangup 153, settimeofday 164, clock_settime 227, adjtimex 159, clock_adjtime 305, "
                    + "sethostname 170, setdomainname 171, fanotify_init 300, fanotify_mark 301, iopl 172, ioperm 173, uselib 134, _sysctl 156, "
                    + "migrate_pages 256, move_pages 279"
            ),
            Clone = 56,
            Unshare = 272,
            Socket = 41,
            SocketPair = 53,
            Ioctl = 16,
            FileControl = 72,
            OnProcess = [62, 200, 234, 129, 297, 434, 302, 203, 142, 144, 314],
            SetPriority = 141,
            MakeNodeAt = 259,
            SetMode = [(90, 1), (91, 1), (268, 2), (452, 2), (85, 1), (133, 1), (259, 2)],
            Open = [(2, 1), (257, 2)],
        };

    internal static SystemCalls Arm64 { get; } =
        new()
        {
            Architecture = 0xC00000B7,
            Denied = Calls(
                "mount 40, umount2 39, pivot_root 41, bpf 280, keyctl 219, add_key 217, request_key 218, perf_event_open 241, "
                    + "userfaultfd 282, kexec_load 104, kexec_file_load 294, init_module 105, finit_module 273, delete_module 106, setns 268, "
                    + "quotactl 60, swapon 224, swapoff 225, reboot 142, acct 89, syslog 116, open_by_handle_at 265, name_to_handle_at 264, "
                    + "lookup_dcookie 18, nfsservctl 42, vhangup 58, settimeofday 170, clock_settime 112, adjtimex 171, clock_adjtime 266, "
                    + "sethostname 161, setdomainname 162, fanotify_init 262, fanotify_mark 263, migrate_pages 238, move_pages 239"
            ),
            Clone = 220,
            Unshare = 97,
            Socket = 198,
            SocketPair = 199,
            Ioctl = 29,
            FileControl = 25,
            OnProcess = [129, 130, 131, 138, 240, 434, 261, 122, 118, 119, 274],
            SetPriority = 140,
            MakeNodeAt = 33,
            SetMode = [(52, 1), (53, 2), (452, 2), (33, 2)],
            Open = [(56, 2)],
        };

    private static Dictionary<string, int> Calls(string list)
    {
        const string Everywhere =
            "io_uring_setup 425, io_uring_enter 426, io_uring_register 427, open_tree 428, move_mount 429, fsopen 430, fsconfig 431, "
            + "fsmount 432, fspick 433, mount_setattr 442, quotactl_fd 443, statmount 457, listmount 458, open_tree_attr 467";
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in $"{list}, {Everywhere}".Split(", "))
        {
            var space = entry.IndexOf(' ');
            calls.Add(entry[..space], int.Parse(entry.AsSpan(space + 1)));
        }

        return calls;
    }
}
