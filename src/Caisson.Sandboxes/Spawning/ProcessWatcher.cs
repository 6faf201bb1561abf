using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Caisson.Sandboxes.Spawning;

/// <summary>
/// Tells when a process that need not be a child has ended. One thread waits on the process descriptors of all sandboxes, so 500 sandboxes
/// cost one thread.
/// </summary>
internal sealed partial class ProcessWatcher
{
    /// <summary>struct epoll_event is packed on x86-64 and aligned elsewhere.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    internal static readonly ProcessWatcher Shared = new();

    private const int Add = 1;
    private const int Remove = 2;

    /// <summary>By a number that is never used again: the number of a descriptor is, while an event for its last owner may still be under way.</summary>
    private readonly ConcurrentDictionary<long, (int Descriptor, TaskCompletionSource Completion)> waiting = new();
    private long last;
    private readonly int poll;

    private ProcessWatcher()
    {
        poll = epoll_create1(Native.O_CLOEXEC);
        if (poll < 0)
            throw new IOException($"epoll: {Marshal.GetLastPInvokeErrorMessage()}");
        new Thread(Run) { IsBackground = true, Name = "process watcher" }.Start();
    }

    /// <summary>Completes when the process has ended, at once when it isn't there or is another one by now.</summary>
    internal unsafe Task WaitAsync(int pid, long startTicks)
    {
        const int pidfdOpen = 434;
        var descriptor = pid > 0 ? Native.pidfd_open(pidfdOpen, pid, 0) : -1;
        if (descriptor < 0)
        {
            // Only this means that it has ended. Out of descriptors, say, must not pass for it.
            const int noSuchProcess = 3;
            return pid <= 0 || Marshal.GetLastPInvokeError() == noSuchProcess
                ? Task.CompletedTask
                : throw new IOException($"pidfd_open: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        // Not asked: whether its first thread has ended. The others may still be ending, and the descriptor knows when the last one has.
        if (startTicks == 0 || ProcessStart.Ticks(pid) != startTicks)
        {
            _ = Native.close(descriptor);
            return Task.CompletedTask;
        }
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var number = Interlocked.Increment(ref last);
        waiting[number] = (descriptor, completion);
        var interest = stackalloc byte[16];
        *(uint*)interest = 1;
        *(long*)(interest + DataOffset) = number;
        if (epoll_ctl(poll, Add, descriptor, interest) != 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            waiting.TryRemove(number, out _);
            _ = Native.close(descriptor);
            throw new IOException($"epoll_ctl: {error}");
        }
        return completion.Task;
    }

    /// <summary>
    /// Kills a child that nobody has collected yet and collects it, so that no zombie stays. Its pid can't have become another process's before
    /// that. Does nothing for a process that is not a child of this server.
    /// </summary>
    internal static async Task KillChildAsync(int pid, TimeSpan limit)
    {
        if (Collect(pid) != 0)
            return;
        _ = Native.kill(pid, Native.SIGKILL);
        // Cancelled by nobody: what is waited for is a process that was just killed.
        await Shared.WaitAsync(pid, ProcessStart.Ticks(pid)).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = Collect(pid);
    }

    /// <returns>0 while the child lives; else its pid, or -1 when there is no such child.</returns>
    private static unsafe int Collect(int pid)
    {
        const int noHang = 1;
        int status;
        return Native.waitpid(pid, &status, noHang);
    }

    private unsafe void Run()
    {
        const int batch = 16;
        var events = stackalloc byte[batch * 16];
        while (true)
        {
            var count = epoll_wait(poll, events, batch, -1);
            for (var index = 0; index < count; index++)
            {
                if (waiting.TryRemove(*(long*)(events + (index * EventSize) + DataOffset), out var ended))
                {
                    // Closing alone would not end the interest while a child that is just being started still holds a copy.
                    _ = epoll_ctl(poll, Remove, ended.Descriptor, null);
                    _ = Native.close(ended.Descriptor);
                    ended.Completion.SetResult();
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(int poll, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_wait(int poll, byte* events, int most, int timeout);
}
