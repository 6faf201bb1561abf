using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Caisson.Gateway.Connections;

/// <summary>Who is at the other end of a Unix socket, as the kernel knows it (<c>unix(7)</c>, <c>SO_PEERCRED</c>).</summary>
internal static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The pid of the process that connected, in this process' own namespace; 0 when it is of a namespace that is not visible.</summary>
    public static int ProcessIdOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12]; // pid, uid, gid
        var length = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return length >= sizeof(int) ? MemoryMarshal.Read<int>(credentials) : 0;
    }
}
