using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Control;

/// <summary>Accepts the server's connections to <c>init.sock</c>, and nobody else's.</summary>
internal sealed unsafe class ControlListener(Reactor reactor, ControlService service, int listener) : IReady
{
    internal void Start() => reactor.Watch(listener, Readiness.Read, this);

    public void OnReady(int descriptor, Readiness readiness)
    {
        int socket;
        while ((socket = Libc.Accept(listener, null, null, SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec)) >= 0)
        {
            if (IsOutside(socket))
            {
                _ = new ControlConnection(reactor, service, socket);
            }
            else
            {
                _ = Libc.Close(socket);
            }
        }
    }

    // A peer outside of our pid namespace has no pid that we could see. Agents cannot reach the socket's path; this is the second lock.
    private static bool IsOutside(int socket)
    {
        var credentials = stackalloc int[3];
        var length = 3 * sizeof(int);
        return Libc.GetSocketOption(socket, SocketNumbers.LevelSocket, SocketNumbers.PeerCredentials, credentials, &length) == 0
            && credentials[0] == 0;
    }
}
