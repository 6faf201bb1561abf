using System.Globalization;
using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>The orderly end: SIGTERM to everybody, SIGKILL to who is left after the grace, then PID 1 itself.</summary>
internal sealed class Shutdown(Reactor reactor, int defaultGrace)
{
    private const int AfterKillMilliseconds = 1_000;
    private const int LookMilliseconds = 100;
    private bool _begun;

    internal void Begin(int? graceMilliseconds)
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        _ = Libc.Kill(-1, Signals.Terminate);
        _ = Libc.Kill(-1, Signals.Continue); // a stopped process could not react
        _ = reactor.After(Math.Clamp(graceMilliseconds ?? defaultGrace, 0, 600_000), Kill);
        Look();
    }

    /// <summary>Again and again until the end, since who waits for a child hears of its end before we do.</summary>
    private void Look()
    {
        HangUpOnIdleShells();
        Progress();
        if (AnyoneLeft())
        {
            _ = reactor.After(LookMilliseconds, Look);
        }
    }

    /// <summary>
    /// A shell at its prompt ignores SIGTERM (bash(1), "SIGNALS") and would hold the end up for all of the grace. Once it waits for nobody, it is told as a
    /// terminal that closes tells it; whoever still saves something is left in peace, also where it ignores SIGTERM meanwhile.
    /// </summary>
    private static void HangUpOnIdleShells()
    {
        var parents = new HashSet<int>();
        var waiting = new List<int>();
        foreach (var pid in ProcFiles.Processes())
        {
            if (ProcFiles.Job(pid) is not { } job)
            {
                continue;
            }

            parents.Add(job.Parent);
            if (pid != 1 && job.Sleeps && job.Group == pid && job.Foreground == pid && Ignores(pid, Signals.Terminate))
            {
                waiting.Add(pid);
            }
        }

        foreach (var pid in waiting)
        {
            if (!parents.Contains(pid))
            {
                _ = Libc.Kill(pid, Signals.Hangup);
            }
        }
    }

    private static bool Ignores(int pid, int signal) =>
        ProcFiles.StatusValue($"/proc/{pid}/status", "SigIgn") is { } ignored
        && ulong.TryParse(ignored, NumberStyles.HexNumber, null, out var mask)
        && (mask >> (signal - 1) & 1) != 0;

    /// <summary>Ends PID 1 once nobody else is left.</summary>
    internal void Progress()
    {
        if (_begun && !AnyoneLeft())
        {
            reactor.Soon(reactor.End); // answers and output already under way are sent first
        }
    }

    private static bool AnyoneLeft() => Libc.Kill(-1, 0) == 0;

    private void Kill()
    {
        _ = Libc.Kill(-1, Signals.Kill);
        _ = reactor.After(AfterKillMilliseconds, reactor.End); // the kernel ends the rest with PID 1
        Progress();
    }
}
