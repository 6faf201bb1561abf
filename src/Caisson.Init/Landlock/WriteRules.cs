using System.Buffers.Binary;
using Caisson.Init.Kernel;

namespace Caisson.Init.Landlock;

/// <summary>
/// The Landlock domain of all agents' processes: files are written, made, renamed and removed only below what the plan names, and signals and
/// abstract sockets reach only the domain itself (docs/adr/0011). Reading is not handled: the mount view is its limit already.
/// </summary>
internal static unsafe class WriteRules
{
    /// <summary>The first version whose domains can allow a rename from one directory to another, without which neither git nor npm work.</summary>
    internal const int LeastVersion = 2;

    private const int CreateCall = 444;
    private const int AddRuleCall = 445;
    private const int RestrictCall = 446;
    private const int AskVersion = 1;
    private const int PathBeneath = 1;

    // LANDLOCK_ACCESS_FS_* of linux/landlock.h.
    private const ulong WriteFile = 1 << 1;
    private const ulong DeviceNodes = (1 << 6) | (1 << 11);
    private const ulong Entries = (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 12);
    private const ulong Refer = 1 << 13;
    private const ulong Truncate = 1 << 14;
    private const ulong DeviceControl = 1 << 15;
    private const ulong Files = WriteFile | Truncate | DeviceControl;

    // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL.
    private const ulong AllScopes = 3;

    /// <summary>Device nodes are made by nobody inside, so no rule grants them. The probe knows a domain by that.</summary>
    private const ulong Everything = Files | Entries | Refer;

    /// <summary>What every sandbox has, and what may be done there.</summary>
    private static readonly (string Path, ulong Access)[] s_always =
    [
        ("/tmp", Everything),
        ("/run", Everything),
        ("/dev/shm", Everything),
        ("/dev", Files),
        ("/proc", WriteFile | Truncate),
    ];

    /// <summary>Version of the kernel's Landlock; 0 when it has none.</summary>
    internal static int Version() => (int)Math.Max(0, Libc.Syscall(CreateCall, 0, 0, AskVersion, 0, 0));

    /// <summary>Puts the calling thread, and so every process that it starts, into a new domain.</summary>
    /// <param name="writable">Directories and files inside that may be written; each has to exist.</param>
    /// <exception cref="KernelException">The kernel refused; the message names the path.</exception>
    internal static void Restrict(IReadOnlyList<string> writable)
    {
        var handled = Handled(Version());
        var ruleset = Create(handled, Version() >= 6 ? AllScopes : 0);
        try
        {
            foreach (var (path, access) in s_always)
            {
                if (Libc.Access(path, 0) == 0)
                {
                    Allow(ruleset, path, access & handled);
                }
            }

            foreach (var path in writable)
            {
                Allow(ruleset, path, Everything & handled);
            }

            const int SetNoNewPrivileges = 38;
            Check(Libc.ProcessControl(SetNoNewPrivileges, 1, 0, 0, 0), "no_new_privs for Landlock");
            Check(Libc.Syscall(RestrictCall, ruleset, 0, 0, 0, 0), "entering the Landlock domain");
        }
        finally
        {
            _ = Libc.Close(ruleset);
        }
    }

    private static ulong Handled(int version) =>
        WriteFile | Entries | DeviceNodes | Refer | (version >= 3 ? Truncate : 0) | (version >= 5 ? DeviceControl : 0);

    private static int Create(ulong files, ulong scopes)
    {
        // struct landlock_ruleset_attr: files, network, scopes. An older kernel takes the longer structure while what it does not know is zero.
        var attributes = stackalloc ulong[3] { files, 0, scopes };
        return Check(Libc.Syscall(CreateCall, (nint)attributes, 3 * sizeof(ulong), 0, 0, 0), "a Landlock ruleset");
    }

    private static void Allow(int ruleset, string path, ulong access)
    {
        var descriptor = Check(Libc.Open(path, OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0), $"opening {path} for Landlock");
        try
        {
            // What is said of a directory's entries cannot be said of a file.
            access &= Libc.Access($"{path}/.", 0) == 0 ? ~0UL : Files;

            // struct landlock_path_beneath_attr is packed: 8 and 4 bytes.
            var attributes = stackalloc byte[12];
            BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(attributes, 8), access);
            BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(attributes + 8, 4), descriptor);
            Check(Libc.Syscall(AddRuleCall, ruleset, PathBeneath, (nint)attributes, 0, 0), $"a Landlock rule for {path}");
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private static int Check(nint result, string what) => KernelException.Check((int)result, what);
}
