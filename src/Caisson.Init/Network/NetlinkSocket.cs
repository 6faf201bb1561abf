using System.Buffers.Binary;
using Caisson.Init.Kernel;

namespace Caisson.Init.Network;

/// <summary>A netlink socket that is used one exchange at a time.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    internal const int Route = 0;
    internal const int SocketDiagnosis = 4;
    internal const int Netfilter = 12;
    private const ushort ErrorMessage = 2;
    private const ushort DoneMessage = 3;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];

    internal NetlinkSocket(int protocol)
    {
        _socket = KernelException.Check(
            Libc.Socket(SocketNumbers.Netlink, SocketNumbers.Raw | SocketNumbers.CloseOnExec, protocol),
            "a netlink socket"
        );
    }

    /// <summary>Sends messages and waits for all acknowledgements.</summary>
    /// <returns>The first error number reported, or 0.</returns>
    internal int Exchange(NetlinkBuffer messages)
    {
        Send(messages.Bytes);
        var first = 0;
        for (var acknowledged = 0; acknowledged < messages.Expected; )
        {
            var length = Receive();
            for (var at = 0; at + 20 <= length; at += Step(at))
            {
                if (TypeAt(at) == ErrorMessage)
                {
                    acknowledged++;
                    var number = -BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(at + 16));
                    first = first == 0 ? number : first;
                }
            }

            // A batch that fails as a whole is answered once, for the message at fault.
            if (first != 0)
            {
                break;
            }
        }

        return first;
    }

    /// <summary>Sends a dump request and counts the messages of a type in its answer.</summary>
    internal int Count(NetlinkBuffer request, ushort type)
    {
        Send(request.Bytes);
        for (var count = 0; ; )
        {
            var length = Receive();
            for (var at = 0; at + 16 <= length; at += Step(at))
            {
                var found = TypeAt(at);
                if (found == DoneMessage)
                {
                    return count;
                }

                if (found == ErrorMessage)
                {
                    throw new KernelException("a netlink dump", -BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(at + 16)));
                }

                count += found == type ? 1 : 0;
            }
        }
    }

    /// <summary>Sends one request and returns its one answer with its header, or nothing when the kernel answered with an error.</summary>
    internal ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request)
    {
        Send(request);
        var length = Receive();
        return length < 20 || TypeAt(0) == ErrorMessage ? default : _buffer.AsSpan(0, length);
    }

    public void Dispose() => _ = Libc.Close(_socket);

    private void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            if (Libc.Send(_socket, data, bytes.Length, 0) != bytes.Length)
            {
                throw new KernelException("sending to netlink", Libc.Errno);
            }
        }
    }

    private int Receive()
    {
        fixed (byte* data = _buffer)
        {
            var length = (int)Libc.Receive(_socket, data, _buffer.Length, 0);
            return length > 0 ? length : throw new KernelException("receiving from netlink", Libc.Errno);
        }
    }

    private ushort TypeAt(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(at + 4));

    private int Step(int at) => Math.Max(16, (BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(at)) + 3) & ~3);
}
