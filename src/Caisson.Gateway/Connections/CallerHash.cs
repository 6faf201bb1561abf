using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Gateway.Connections;

/// <summary>
/// The SHA-256 of the program that made a connection, read through the sandbox' own <c>/proc</c>: a link there leads to the very file that runs, also
/// if it was deleted or replaced. Computed beside the traffic; a record made before it is known has none.
/// </summary>
internal sealed partial class CallerHash
{
    // Executables of language runtimes are about 100 MB; a larger file is not worth the reading.
    private const long LargestFile = 512L * 1024 * 1024;
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<FileIdentity, Task<string?>> known = new();

    /// <summary>Finds it out on another thread. The task never fails; null means that the process or its file could not be read.</summary>
    /// <param name="initPid">The sandbox's PID 1 as this process sees it.</param>
    /// <param name="pid">The caller inside the sandbox.</param>
    public Task<string?> FindAsync(int initPid, int pid) => Task.Run(() => FindAsync($"/proc/{initPid}/root/proc/{pid}/exe"));

    internal async Task<string?> FindAsync(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (Identify(file) is not { } identity || identity.Size > LargestFile)
                return null;
            if (known.TryGetValue(identity, out var earlier))
                return await earlier;
            if (known.Count >= Capacity)
                known.Clear();
            var mine = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = known.GetOrAdd(identity, mine.Task);
            if (first == mine.Task)
                mine.SetResult(Hash(file));
            return await first;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended, or it runs as somebody whom we may not look at.
            return null;
        }
    }

    private static string? Hash(SafeFileHandle file)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[128 * 1024];
            for (long at = 0; ; )
            {
                var read = RandomAccess.Read(file, buffer, at);
                if (read == 0)
                    return Convert.ToHexStringLower(hash.GetHashAndReset());
                hash.AppendData(buffer, 0, read);
                at += read;
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Device, inode, size and time of change: a file that differs in none of them is the same (<c>statx(2)</c>).</summary>
    private static FileIdentity? Identify(SafeFileHandle file)
    {
        const int EmptyPath = 0x1000;
        const uint Basic = 0x7ff;
        var status = new byte[256];
        if (StatX(file, "", EmptyPath, Basic, status) != 0)
            return null;
        var s = status.AsSpan();
        return new FileIdentity(
            MemoryMarshal.Read<ulong>(s[32..]), // stx_ino
            MemoryMarshal.Read<long>(s[40..]), // stx_size
            MemoryMarshal.Read<long>(s[96..]), // stx_ctime.tv_sec
            MemoryMarshal.Read<uint>(s[104..]), // stx_ctime.tv_nsec
            MemoryMarshal.Read<uint>(s[136..]), // stx_dev_major
            MemoryMarshal.Read<uint>(s[140..]) // stx_dev_minor
        );
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle folder, string path, int flags, uint mask, [Out] byte[] status);

    private sealed record FileIdentity(ulong Inode, long Size, long ChangedSeconds, uint ChangedNanoseconds, uint Major, uint Minor);
}
