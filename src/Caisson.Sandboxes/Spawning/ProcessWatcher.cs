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

    private readonly ConcurrentDictionary<int, TaskCompletionSource> waiting = new();
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
            return Task.CompletedTask;
        // Not asked: whether its first thread has ended. The others may still be ending, and the descriptor knows when the last one has.
        if (startTicks == 0 || ProcessStart.Ticks(pid) != startTicks)
        {
            _ = Native.close(descriptor);
            return Task.CompletedTask;
        }
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[descriptor] = completion;
        var interest = stackalloc byte[16];
        *(uint*)interest = 1;
        *(ulong*)(interest + DataOffset) = (ulong)descriptor;
        if (epoll_ctl(poll, 1, descriptor, interest) != 0)
            throw new IOException($"epoll_ctl: {Marshal.GetLastPInvokeErrorMessage()}");
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
                var descriptor = (int)*(ulong*)(events + (index * EventSize) + DataOffset);
                if (waiting.TryRemove(descriptor, out var completion))
                {
                    _ = Native.close(descriptor);
                    completion.SetResult();
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
