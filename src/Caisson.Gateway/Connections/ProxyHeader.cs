using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Caisson.Gateway.Connections;

/// <summary>
/// What <c>caisson-init</c> says of a connection before its first byte: a PROXY protocol v2 header
/// (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, 2.2) with the original destination, the name that was asked for, and who asks.
/// </summary>
/// <param name="Destination">Address and port that the program connected to; synthetic where there is a <paramref name="Name"/>.</param>
/// <param name="Name">The name that the program resolved to get there, as sent, or null for an address literal.</param>
/// <param name="ProcessId">Pid inside the sandbox, 0 where unknown.</param>
/// <param name="Executable">Path of the program as seen in the sandbox, or null.</param>
internal sealed record ProxyHeader(IPEndPoint Destination, string? Name, int ProcessId, string? Executable)
{
    /// <summary>Two paths of the longest kind and a name fit.</summary>
    public const int MaximumBytes = 16 + 9 * 1024;

    private const byte AuthorityField = 0x02;
    private const byte ProcessIdField = 0xe0;
    private const byte ExecutableField = 0xe1;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads one header.</summary>
    /// <param name="bytes">All that came so far.</param>
    /// <param name="header">Null unless it is complete and valid.</param>
    /// <param name="consumed">Its length where it is complete.</param>
    /// <returns>Whether more bytes can help; false with a null header means that it is malformed.</returns>
    public static bool NeedsMore(ReadOnlySpan<byte> bytes, out ProxyHeader? header, out int consumed)
    {
        header = null;
        consumed = 0;
        var start = bytes[..Math.Min(bytes.Length, Signature.Length)];
        if (!Signature.StartsWith(start))
            return false;
        if (bytes.Length < 16)
            return true;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (bytes[12] != 0x21 || length > MaximumBytes - 16)
            return false;
        if (bytes.Length < 16 + length)
            return true;
        consumed = 16 + length;
        header = Read(bytes[13], bytes.Slice(16, length));
        return false;
    }

    private static ProxyHeader? Read(byte family, ReadOnlySpan<byte> body)
    {
        // TCP over IPv4 or IPv6: source and destination address, then both ports.
        var size = family switch
        {
            0x11 => 4,
            0x21 => 16,
            _ => 0,
        };
        if (size == 0 || body.Length < 2 * size + 4)
            return null;
        var address = new IPAddress(body.Slice(size, size));
        var port = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size + 2)..]);
        if (port == 0)
            return null;
        return ReadFields(new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port), body[(2 * size + 4)..]);
    }

    private static ProxyHeader? ReadFields(IPEndPoint destination, ReadOnlySpan<byte> fields)
    {
        string? name = null;
        string? executable = null;
        var processId = 0;
        while (!fields.IsEmpty)
        {
            if (fields.Length < 3)
                return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(fields[1..]);
            if (fields.Length < 3 + length)
                return null;
            var value = fields.Slice(3, length);
            switch (fields[0])
            {
                case AuthorityField when name is null && length is > 0 and <= 255 && Ascii.IsValid(value):
                    name = Encoding.ASCII.GetString(value);
                    break;
                case ProcessIdField when length == 4:
                    processId = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(value));
                    break;
                case ExecutableField when executable is null:
                    executable = Encoding.UTF8.GetString(value);
                    break;
                case AuthorityField or ProcessIdField or ExecutableField:
                    return null;
            }
            fields = fields[(3 + length)..];
        }
        return new ProxyHeader(destination, name, processId, executable);
    }
}
