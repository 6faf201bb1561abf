using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Sandboxes.Spawning;

/// <summary>
/// Starts a program in a session of its own with exactly the given descriptors and environment. The framework's process class can hand over
/// no descriptor beyond 2, and forking managed code is not safe; <c>posix_spawn</c> is both.
/// </summary>
internal static class Spawner
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Larger than glibc's and musl's posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t.</summary>
    private const int OpaqueBytes = 1024;

    /// <param name="descriptors">Placed as 0, 1, 2, … in this order. They stay open here; the caller closes its own.</param>
    /// <returns>The pid.</returns>
    /// <exception cref="Win32Exception">The program could not be started.</exception>
    internal static unsafe int Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        IReadOnlyList<SafeHandle> descriptors
    )
    {
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        byte* noSignals = stackalloc byte[OpaqueBytes];
        byte* allSignals = stackalloc byte[OpaqueBytes];
        new Span<byte>(noSignals, OpaqueBytes).Clear();
        new Span<byte>(allSignals, OpaqueBytes).Fill(0xff);

        using var path8 = new NativeStrings([path]);
        using var argv = new NativeStrings(arguments);
        using var envp = new NativeStrings(environment);
        _ = Native.posix_spawn_file_actions_init(actions);
        _ = Native.posix_spawnattr_init(attributes);
        var held = new List<SafeFileHandle>();
        try
        {
            for (var target = 0; target < descriptors.Count; target++)
            {
                var source = Above(descriptors[target], descriptors.Count);
                held.Add(source);
                Check(Native.posix_spawn_file_actions_adddup2(actions, (int)source.DangerousGetHandle(), target));
            }
            Check(Native.posix_spawnattr_setsigdefault(attributes, allSignals));
            Check(Native.posix_spawnattr_setsigmask(attributes, noSignals));
            Check(Native.posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | SetSession));
            int pid;
            Check(Native.posix_spawn(&pid, path8.Pointers[0], actions, attributes, argv.Pointers, envp.Pointers));
            return pid;
        }
        finally
        {
            foreach (var handle in held)
                handle.Dispose();
            _ = Native.posix_spawn_file_actions_destroy(actions);
            _ = Native.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>A copy with a number above those that the child gets: no source may be overwritten before its turn.</summary>
    private static SafeFileHandle Above(SafeHandle handle, int count)
    {
        const int duplicateCloseOnExec = 1030;
        var added = false;
        handle.DangerousAddRef(ref added);
        try
        {
            var copy = Native.fcntl((int)handle.DangerousGetHandle(), duplicateCloseOnExec, count);
            return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw new Win32Exception();
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    /// <summary>A pipe whose ends are closed on exec here.</summary>
    internal static unsafe (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        int* ends = stackalloc int[2];
        if (Native.pipe2(ends, Native.O_CLOEXEC) != 0)
            throw new Win32Exception();
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    private sealed unsafe class NativeStrings : IDisposable
    {
        private readonly int count;

        internal NativeStrings(IReadOnlyList<string> texts)
        {
            count = texts.Count;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                var length = Encoding.UTF8.GetByteCount(texts[index]);
                Pointers[index] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
                Encoding.UTF8.GetBytes(texts[index], new Span<byte>(Pointers[index], length));
            }
        }

        internal byte** Pointers { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
                NativeMemory.Free(Pointers[index]);
            NativeMemory.Free(Pointers);
        }
    }
}
