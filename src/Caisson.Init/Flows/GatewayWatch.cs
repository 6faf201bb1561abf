using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Startup;

namespace Caisson.Init.Flows;

/// <summary>
/// Tells a gateway that closed a connection from one that was killed: for the kernel both look the same. A killed one's listener goes with it,
/// a moment before or after its connections; so a connection of ours to it, which says nothing, must outlive a moment.
/// </summary>
internal sealed unsafe class GatewayWatch(Reactor reactor, SocketDirectory directory)
{
    internal const string Socket = "exit.sock";
    private const int MomentMilliseconds = 25;

    private List<Action<bool>> _waiting = [];
    private bool _watching;

    /// <summary>Calls back with whether the gateway lived on after this call.</summary>
    internal void Ask(Action<bool> answer)
    {
        _waiting.Add(answer);
        if (!_watching)
        {
            Watch();
        }
    }

    // Who asks while a watch is under way waits for the next one: that must begin after the question.
    private void Watch()
    {
        var asking = _waiting;
        _waiting = [];
        var probe = directory.Connect(Socket);
        if (probe < 0 && probe != -Errno.Again)
        {
            Answer(asking, lives: false);
            return;
        }

        _watching = true;
        _ = reactor.After(
            MomentMilliseconds,
            () =>
            {
                _watching = false;
                Answer(asking, Lives(probe));
                if (_waiting.Count > 0 && !_watching)
                {
                    Watch();
                }
            }
        );
    }

    private static bool Lives(int probe)
    {
        if (probe < 0)
        {
            return true; // its queue was full, which a dead one's is not
        }

        // Even nothing cannot be sent to who closed. A living gateway may have given up on us by now, but no sooner than after a read.
        byte nothing;
        var lives = Libc.Send(probe, &nothing, 0, SocketNumbers.NoSignal) == 0;
        _ = Libc.Close(probe);
        return lives;
    }

    private static void Answer(List<Action<bool>> asking, bool lives)
    {
        foreach (var answer in asking)
        {
            answer(lives);
        }
    }
}
