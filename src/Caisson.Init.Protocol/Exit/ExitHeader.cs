using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Caisson.Init.Protocol.Exit;

/// <summary>
/// What <c>caisson-init</c> says about a connection before its first byte: a PROXY protocol version 2 header (haproxy's proxy-protocol.txt, section 2.2)
/// with the original addresses and these type-length-values: 0x02 authority (the name that was asked for), 0xE0 pid of the caller inside
/// the sandbox (u32, big-endian), 0xE1 path of its executable (UTF-8), 0xE2 SHA-256 of its executable (32 bytes).
/// </summary>
public sealed record ExitHeader
{
    /// <summary>Longest header that is written or read, in bytes; longer ones are refused.</summary>
    public const int MaximumLength = 16 + 36 + 3 + 255 + 3 + 4 + 3 + 4096 + 3 + DigestLength;

    internal const byte AuthorityTlv = 0x02;
    internal const byte PidTlv = 0xE0;
    internal const byte ExecutableTlv = 0xE1;
    internal const byte DigestTlv = 0xE2;
    internal const int DigestLength = 32;

    /// <summary>Address and port that the caller connected from; both ends are IPv4, or both IPv6.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>Address and port that the caller connected to: a synthetic address for a name, else a literal.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>The name that the destination address stands for; null when the caller used an address literal.</summary>
    public string? Authority { get; init; }

    /// <summary>Pid of the calling process inside the sandbox; 0 when it was gone before it could be found.</summary>
    public int Pid { get; init; }

    /// <summary>Path of the caller's executable as seen inside the sandbox; null when unknown.</summary>
    public string? Executable { get; init; }

    /// <summary>SHA-256 of the caller's executable, in lower-case hexadecimal; null when it could not be read.</summary>
    public string? ExecutableSha256 { get; init; }

    internal static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Bytes of the question whether the gateway lives.</summary>
    public const int LivenessLength = 16;

    /// <summary>
    /// Whether a connection begins with the question whether the gateway lives: a header with the command LOCAL and nothing else, as health
    /// checks send it. The answer is to have read it and to close the connection; nothing of it is worth a record.
    /// </summary>
    public static bool IsLiveness(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= LivenessLength
        && bytes[..Signature.Length].SequenceEqual(Signature)
        && bytes[Signature.Length..LivenessLength].SequenceEqual((ReadOnlySpan<byte>)[0x20, 0, 0, 0]);

    /// <summary>Writes that question.</summary>
    public static void WriteLiveness(Span<byte> buffer)
    {
        Signature.CopyTo(buffer);
        ((ReadOnlySpan<byte>)[0x20, 0, 0, 0]).CopyTo(buffer[Signature.Length..]);
    }

    /// <summary>Reads a header from the start of a stream's bytes.</summary>
    /// <param name="bytes">What has arrived so far.</param>
    /// <param name="header">The header, when the result is <see cref="ExitHeaderResult.Complete"/>.</param>
    /// <param name="consumed">Bytes that belong to the header, then; what follows is the connection's own data.</param>
    public static ExitHeaderResult TryRead(ReadOnlySpan<byte> bytes, out ExitHeader? header, out int consumed)
    {
        header = null;
        consumed = 0;
        var signed = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..signed].SequenceEqual(Signature[..signed]))
        {
            return ExitHeaderResult.Malformed;
        }

        if (bytes.Length < 16)
        {
            return ExitHeaderResult.Incomplete;
        }

        // Version 2, command PROXY; TCP over IPv4 (0x11) or IPv6 (0x21). Anything else is not ours.
        var addressLength = bytes[13] switch
        {
            0x11 => 4,
            0x21 => 16,
            _ => 0,
        };
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (bytes[12] != 0x21 || addressLength == 0 || length < (2 * addressLength) + 4 || 16 + length > MaximumLength)
        {
            return ExitHeaderResult.Malformed;
        }

        if (bytes.Length < 16 + length)
        {
            return ExitHeaderResult.Incomplete;
        }

        var body = bytes.Slice(16, length);
        var ports = body[(2 * addressLength)..];
        var source = new IPEndPoint(new IPAddress(body[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports));
        var destination = new IPEndPoint(
            new IPAddress(body.Slice(addressLength, addressLength)),
            BinaryPrimitives.ReadUInt16BigEndian(ports[2..])
        );
        header = ReadValues(ports[4..], new ExitHeader { Source = source, Destination = destination });
        if (header is null)
        {
            return ExitHeaderResult.Malformed;
        }

        consumed = 16 + length;
        return ExitHeaderResult.Complete;
    }

    /// <summary>Writes this header.</summary>
    /// <param name="buffer">At least <see cref="MaximumLength"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> buffer)
    {
        Span<byte> source = stackalloc byte[16];
        Span<byte> destination = stackalloc byte[16];
        _ = Source.Address.TryWriteBytes(source, out var length);
        if (!Destination.Address.TryWriteBytes(destination, out var other) || other != length)
        {
            throw new InvalidOperationException("Source and destination are of different address families.");
        }

        var writer = new ExitHeaderWriter(buffer);
        writer.Addresses(source[..length], (ushort)Source.Port, destination[..length], (ushort)Destination.Port);
        if (Authority is not null)
        {
            writer.Authority(Encoding.UTF8.GetBytes(Authority));
        }

        if (Pid != 0)
        {
            writer.Caller(Pid, Executable is null ? default : Encoding.UTF8.GetBytes(Executable));
        }

        if (ExecutableSha256 is not null)
        {
            writer.ExecutableDigest(Convert.FromHexString(ExecutableSha256));
        }

        return writer.Complete();
    }

    private static ExitHeader? ReadValues(ReadOnlySpan<byte> values, ExitHeader header)
    {
        while (!values.IsEmpty)
        {
            if (values.Length < 3 || values.Length < 3 + BinaryPrimitives.ReadUInt16BigEndian(values[1..]))
            {
                return null;
            }

            var value = values.Slice(3, BinaryPrimitives.ReadUInt16BigEndian(values[1..]));
            switch (values[0])
            {
                case AuthorityTlv when value.Length is > 0 and <= 255:
                    header = header with { Authority = Encoding.UTF8.GetString(value) };
                    break;
                case PidTlv when value.Length == 4:
                    header = header with { Pid = BinaryPrimitives.ReadInt32BigEndian(value) };
                    break;
                case ExecutableTlv:
                    header = header with { Executable = Encoding.UTF8.GetString(value) };
                    break;
                case DigestTlv when value.Length == DigestLength:
                    header = header with { ExecutableSha256 = Convert.ToHexStringLower(value) };
                    break;
                case AuthorityTlv or PidTlv or DigestTlv:
                    return null;
            }

            values = values[(3 + value.Length)..];
        }

        return header;
    }
}

/// <summary>Outcome of reading a header.</summary>
public enum ExitHeaderResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    Complete,

    /// <summary>Not such a header: close the connection. It may be the question that <see cref="ExitHeader.IsLiveness"/> tells apart.</summary>
    Malformed,
}
