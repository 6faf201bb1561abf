using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Exit;
using Caisson.Init.Startup;

namespace Caisson.Init.Flows;

/// <summary>
/// Tells a gateway that closed a connection from one that was killed: for the kernel both look the same. A question on a connection of its
/// own decides: a living gateway reads it and closes; of a dead one the kernel says "connection reset" or refuses.
/// </summary>
internal sealed unsafe class GatewayWatch(Reactor reactor, SocketDirectory directory) : IReady
{
    internal const string Socket = "exit.sock";

    // One that is merely busy answers late, and its connections ended as it wanted.
    private const int PatienceMilliseconds = 2_000;

    private List<Action<bool>> _asking = [];
    private List<Action<bool>> _next = [];
    private Reactor.Timer? _patience;
    private int _question = -1;

    /// <summary>Calls back with whether the gateway still lived after this call.</summary>
    internal void Ask(Action<bool> answer)
    {
        // Who asks while a question is under way waits for the next one: an answer must not be older than what it is about.
        _next.Add(answer);
        if (_question < 0)
        {
            Send();
        }
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        byte answer;
        var read = Libc.Receive(_question, &answer, 1, 0);
        if (read >= 0 || Libc.Errno is not (Errno.Again or Errno.Interrupted))
        {
            End(lives: read >= 0);
        }
    }

    private void Send()
    {
        (_asking, _next) = (_next, []);
        _question = directory.Connect(Socket);
        if (_question < 0)
        {
            // A dead one's queue is gone, not full.
            Answer(lives: _question == -Errno.Again);
            return;
        }

        Span<byte> header = stackalloc byte[ExitHeader.LivenessLength];
        ExitHeader.WriteLiveness(header);
        fixed (byte* bytes = header)
        {
            if (Libc.Send(_question, bytes, header.Length, SocketNumbers.NoSignal) != header.Length)
            {
                _ = Libc.Close(_question);
                Answer(lives: false);
                return;
            }
        }

        reactor.Watch(_question, Readiness.Read, this);
        _patience = reactor.After(PatienceMilliseconds, () => End(lives: true));
    }

    private void End(bool lives)
    {
        _patience?.Cancel();
        reactor.Unwatch(_question);
        _ = Libc.Close(_question);
        Answer(lives);
    }

    private void Answer(bool lives)
    {
        _question = -1;
        var asking = _asking;
        _asking = [];
        foreach (var answer in asking)
        {
            answer(lives);
        }

        if (_next.Count > 0 && _question < 0)
        {
            Send();
        }
    }
}
