using System.Runtime.ExceptionServices;
using Caisson.Init.Landlock;

namespace Caisson.Init.Processes;

/// <summary>
/// The thread that starts every process of the sandbox. A Landlock domain belongs to a thread and is inherited by what it starts: restricted once,
/// this thread gives all agents' processes one domain, so that they can trace and signal each other, and leaves the rest of PID 1 outside.
/// </summary>
internal sealed unsafe class SpawnThread
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _answered = new(0);
    private SpawnRequest* _request;
    private int _pid;
    private Exception? _failure;

    /// <summary>Starts the thread, and waits until it is restricted where the kernel can do that.</summary>
    internal SpawnThread(IReadOnlyList<string> writable)
    {
        new Thread(() => Run(writable)) { IsBackground = true, Name = "spawn" }.Start();
        _answered.Wait();
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Starts a process and waits until it executes its program; as <see cref="Native.Spawn"/>. For one caller at a time.</summary>
    internal int Spawn(SpawnRequest* request)
    {
        _request = request;
        _asked.Release();
        _answered.Wait();
        return _pid;
    }

    private void Run(IReadOnlyList<string> writable)
    {
        try
        {
            if (WriteRules.Version() >= WriteRules.LeastVersion)
            {
                WriteRules.Restrict(writable);
            }
        }
        catch (Exception e)
        {
            _failure = e;
            _answered.Release();
            return;
        }

        while (true)
        {
            _answered.Release();
            _asked.Wait();
            _pid = Native.Spawn(_request);
        }
    }
}
