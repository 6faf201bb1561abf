using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>
/// The directory shared with the server, which holds the gateway's <c>exit.sock</c> and our <c>init.sock</c>. PID 1 keeps a descriptor of
/// it and takes the mount away, so that nobody else in the sandbox can open either. The gateway's socket is looked up by name for each
/// connection: a server that comes back makes a new one.
/// </summary>
internal sealed unsafe class SocketDirectory
{
    private const int DetachMount = 2;
    private readonly int _descriptor;

    private SocketDirectory(int descriptor) => _descriptor = descriptor;

    internal static SocketDirectory Open(string path) =>
        new(
            KernelException.Check(
                Libc.Open(path, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, 0),
                $"opening the socket directory {path}"
            )
        );

    /// <summary>Makes and listens on a socket in the directory; a stale one of the same name is replaced.</summary>
    internal int Listen(string name, int backlog)
    {
        var socket = NewSocket();
        Span<byte> address = stackalloc byte[UnixAddress.Size];
        var path = PathOf(name);
        _ = Libc.Unlink(path);
        var length = UnixAddress.Write(address, path);
        fixed (byte* bytes = address)
        {
            _ = KernelException.Check(Libc.Bind(socket, bytes, length), $"binding {name} in the socket directory");
        }

        _ = KernelException.Check(Libc.Listen(socket, backlog), $"listening on {name}");
        return socket;
    }

    /// <summary>Connects without waiting. Returns the socket, or a negative error number.</summary>
    internal int Connect(string name)
    {
        var socket = NewSocket();
        Span<byte> address = stackalloc byte[UnixAddress.Size];
        var length = UnixAddress.Write(address, PathOf(name));
        fixed (byte* bytes = address)
        {
            if (Libc.Connect(socket, bytes, length) == 0)
            {
                return socket;
            }
        }

        var number = Libc.Errno;
        _ = Libc.Close(socket);
        return -number;
    }

    /// <summary>Makes a file that has no name any more, mode 0600, to read and write.</summary>
    /// <exception cref="KernelException">There is no room, or the directory is gone.</exception>
    internal int CreateUnnamed(string name)
    {
        const int Flags = OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec;
        var path = PathOf(name);
        _ = Libc.Unlink(path);
        var file = KernelException.Check(Libc.Open(path, Flags | OpenFlags.NoFollow, 0x180), "making a file in the socket directory");
        _ = Libc.Unlink(path);
        return file;
    }

    /// <summary>Unmounts the directory from everyone's view. Refuses to go on when it is not a mount of its own and so would stay visible.</summary>
    internal void Hide(string path)
    {
        _ = KernelException.Check(Libc.Unmount(path, DetachMount), $"hiding {path}, which must be a mount of its own");
        if (Libc.Access($"{path}/init.sock", 0) == 0)
        {
            throw new InvalidOperationException($"{path} is still visible after it was unmounted; it must be mounted once only");
        }
    }

    private static int NewSocket() =>
        KernelException.Check(
            Libc.Socket(SocketNumbers.Unix, SocketNumbers.Stream | SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec, 0),
            "a Unix socket"
        );

    private string PathOf(string name) => $"/proc/self/fd/{_descriptor}/{name}";
}

/// <summary><c>struct sockaddr_un</c>.</summary>
internal static class UnixAddress
{
    internal const int Size = 110;

    /// <returns>Length to hand to the kernel.</returns>
    internal static int Write(Span<byte> target, string path)
    {
        target.Clear();
        BitConverter.TryWriteBytes(target, (ushort)SocketNumbers.Unix);
        return 2 + Encoding.UTF8.GetBytes(path, target[2..(Size - 1)]) + 1;
    }
}
