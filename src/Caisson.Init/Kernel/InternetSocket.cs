using System.Buffers.Binary;

namespace Caisson.Init.Kernel;

/// <summary>Sockets on the sandbox's loopback addresses.</summary>
internal static unsafe class InternetSocket
{
    /// <summary>Bytes of the longer of the two address structures.</summary>
    internal const int AddressSize = 28;

    /// <summary>Writes a <c>sockaddr_in</c> or, for 16 bytes of address, a <c>sockaddr_in6</c>; returns its length.</summary>
    internal static int Write(Span<byte> target, ReadOnlySpan<byte> address, ushort port)
    {
        var v6 = address.Length == 16;
        target.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(v6 ? SocketNumbers.InternetV6 : SocketNumbers.InternetV4));
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], port);
        address.CopyTo(target[(v6 ? 8 : 4)..]);
        return v6 ? 28 : 16;
    }

    /// <summary>A socket bound to 127.0.0.1 or ::1; a stream socket listens already.</summary>
    internal static int Bind(bool v6, int type, int port)
    {
        var family = v6 ? SocketNumbers.InternetV6 : SocketNumbers.InternetV4;
        var what = $"{(v6 ? "[::1]" : "127.0.0.1")}:{port}";
        var socket = KernelException.Check(
            Libc.Socket(family, type | SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec, 0),
            $"a socket for {what}"
        );
        Span<byte> address = stackalloc byte[AddressSize];
        ReadOnlySpan<byte> loopback = v6 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] : [127, 0, 0, 1];
        var length = Write(address, loopback, (ushort)port);
        if (v6)
        {
            _ = KernelException.Check(Libc.SetSocketOption(socket, SocketNumbers.LevelIpV6, SocketNumbers.OnlyV6, 1), "IPV6_V6ONLY");
        }

        fixed (byte* bytes = address)
        {
            _ = KernelException.Check(Libc.Bind(socket, bytes, length), $"binding {what}");
        }

        if (type == SocketNumbers.Stream)
        {
            _ = KernelException.Check(Libc.Listen(socket, 4096), $"listening on {what}");
        }

        return socket;
    }

    /// <summary>Closes a TCP connection so that its peer sees a reset.</summary>
    internal static void Reset(int socket)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetSocketOption(socket, SocketNumbers.LevelSocket, SocketNumbers.Linger, linger, 2 * sizeof(int));
        _ = Libc.Close(socket);
    }
}
