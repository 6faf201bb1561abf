using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>The orderly end: SIGTERM to everybody, SIGKILL to who is left after the grace, then PID 1 itself.</summary>
internal sealed class Shutdown(Reactor reactor, int defaultGrace)
{
    private const int AfterKillMilliseconds = 1_000;
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
        Progress();
    }

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
