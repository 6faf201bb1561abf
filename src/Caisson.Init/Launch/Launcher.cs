using System.Runtime.InteropServices;
using System.Text.Json;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Init.Launch;

/// <summary>
/// The last steps on the host: (1) join the cgroups, (2) set the limit on open files, (3) show the sandbox's directories to its user, (4)
/// become that user, (5) run bubblewrap. Credentials and namespaces of system calls are per thread on Linux, and all of this runs on the
/// thread that ends in execve.
/// </summary>
internal static partial class Launcher
{
    private const int SpecDescriptor = 3;
    private const nuint PrivateRecursive = (1 << 18) | 0x4000;
    private const nuint BindRecursive = 0x1000 | 0x4000;
    private const nuint NoSuidNoDev = 2 | 4;
    private const int NewMountNamespace = 0x20000;

    /// <returns>Only on failure, after saying why on standard error.</returns>
    internal static int Run()
    {
        try
        {
            return Launch();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine($"launch: {exception.Message}");
            return 70;
        }
    }

    private static int Launch()
    {
        LaunchSpec spec;
        using (var stream = new FileStream(new SafeFileHandle(SpecDescriptor, ownsHandle: true), FileAccess.Read))
            spec =
                JsonSerializer.Deserialize(stream, LaunchJson.Default.LaunchSpec)
                ?? throw new InvalidDataException("The launch specification is empty.");

        foreach (var file in spec.CgroupJoins)
        {
            if (!Libc.TryWrite(file, "0"u8))
                throw new IOException($"could not join the cgroup at {file}: {Errno.Text(Libc.Errno)}");
        }
        LimitFiles(spec.Files);
        if (spec.Staged.Count > 0)
            Stage(spec);
        if (spec is { Uid: { } uid, Gid: { } gid })
            Become((uint)uid, (uint)gid);
        return Execute(spec.Program, spec.Arguments);
    }

    private static unsafe void LimitFiles(long files)
    {
        const int openFiles = 7;
        var limit = stackalloc ulong[2];
        Check(prlimit64(0, openFiles, null, limit), "read the limit on open files");
        // Where the server itself may not open as many, the tighter limit stays: only the right to raise it is missing.
        limit[0] = limit[1] = Math.Min((ulong)files, limit[1]);
        Check(prlimit64(0, openFiles, limit, null), "set the limit on open files");
    }

    private static void Stage(LaunchSpec spec)
    {
        var binds = spec.Staged;
        Check(unshare(NewMountNamespace), "make a mount namespace");
        Check(mount("none", "/", null, PrivateRecursive, null), "make mounts private");
        // Opened in the new namespace, but before the staging directory covers anything: a source may itself lie below it.
        var sources = binds.Select(bind => Open(bind.Source)).ToList();
        Check(mount("tmpfs", LaunchSpec.StageRoot, "tmpfs", NoSuidNoDev, "mode=0755,size=1m"), "mount the staging directory");
        var maps = new Dictionary<FileOwner, int>();
        for (var number = 0; number < binds.Count; number++)
        {
            var (source, target) = ($"/proc/self/fd/{sources[number]}", LaunchSpec.StagedPath(number));
            if (Directory.Exists(source))
                Directory.CreateDirectory(target);
            else
                File.WriteAllBytes(target, []);
            if (binds[number].Owner is { } owner)
            {
                if (!maps.TryGetValue(owner, out var map))
                    maps[owner] = map = OwnersNamespace(owner, spec.Uid ?? 0, spec.Gid ?? 0);
                BindMapped(source, target, map, binds[number].Source);
            }
            else
            {
                Check(mount(source, target, null, BindRecursive, null), $"show {binds[number].Source}");
            }
        }
    }

    private static int OwnersNamespace(FileOwner owner, int uid, int gid)
    {
        var map = caisson_owners_namespace($"{owner.Uid} {uid} 1\n", $"{owner.Gid} {gid} 1\n", uid, gid);
        Check(map, "make a user namespace that translates owners");
        return map;
    }

    private static int Open(string path)
    {
        const int pathOnlyCloseOnExec = 0x200000 | 0x80000;
        var descriptor = open(path, pathOnlyCloseOnExec);
        Check(descriptor, $"open {path}");
        return descriptor;
    }

    /// <summary>A bind whose owners are translated: files of the host's user appear as the sandbox's own, and new ones are the host's user's.</summary>
    private static unsafe void BindMapped(string source, string target, int map, string name)
    {
        const int atFdcwd = -100;
        const uint cloneTree = 1 | 0x80000;
        const int emptyPath = 0x1000;
        var tree = syscall(428, atFdcwd, source, cloneTree);
        Check(tree, $"open {name}");
        var attributes = stackalloc ulong[4] { 0x00100000, 0, 0, (ulong)map };
        Check(
            mount_setattr(442, (int)tree, "", emptyPath, attributes, 32),
            $"translate the owners of {name} (its file system has to support idmapped mounts; use clone or copy instead of mount)"
        );
        Check(move_mount(429, (int)tree, "", atFdcwd, target, 4), $"show {name}");
    }

    private static unsafe void Become(uint uid, uint gid)
    {
        Check(setgroups(0, null), "drop supplementary groups");
        Check(setresgid(gid, gid, gid), "change group");
        Check(setresuid(uid, uid, uid), "change user");
    }

    private static unsafe int Execute(string program, IReadOnlyList<string> arguments)
    {
        var argv = (byte**)NativeMemory.AllocZeroed((nuint)(arguments.Count + 1), (nuint)sizeof(byte*));
        for (var index = 0; index < arguments.Count; index++)
            argv[index] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[index]);
        byte* noEnvironment = null;
        Check(execve(program, argv, &noEnvironment), $"run {program}");
        return 70;
    }

    private static void Check(long result, string what)
    {
        if (result < 0)
            throw new IOException($"could not {what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("caisson_spawn", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int caisson_owners_namespace(string userMap, string groupMap, int uid, int gid);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int prlimit64(int pid, int resource, ulong* limit, ulong* old);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setgroups(nuint count, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int execve(string path, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, int directory, string path, uint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint mount_setattr(nint number, int directory, string path, int flags, ulong* attributes, nuint size);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint move_mount(nint number, int from, string fromPath, int to, string toPath, uint flags);
}
