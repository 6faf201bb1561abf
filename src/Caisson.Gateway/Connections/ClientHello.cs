using System.Buffers.Binary;
using System.Text;

namespace Caisson.Gateway.Connections;

/// <summary>What <see cref="ClientHello.Parse"/> found out.</summary>
internal enum HelloStatus
{
    /// <summary>It is cut off: more bytes are needed.</summary>
    Incomplete,
    Complete,

    /// <summary>It breaks RFC 8446, 4.1.2 or RFC 6066, 3, or is larger than <see cref="ClientHello.MaximumBytes"/>.</summary>
    Malformed,
}

/// <summary>
/// The part of a TLS ClientHello (RFC 8446, 4.1.2) that decides: the server name, and whether an encrypted ClientHello hides another one.
/// Reads the bytes in place and stops at the first that is wrong.
/// </summary>
internal ref struct ClientHello
{
    public const byte HandshakeType = 1;

    /// <summary>Post-quantum key shares make about 2 KiB; nobody sends 16.</summary>
    public const int MaximumBytes = 16 * 1024;

    private const ushort ServerNameExtension = 0;
    private const ushort EncryptedClientHelloExtension = 0xfe0d;

    private ReadOnlySpan<byte> rest;

    /// <summary>As sent, or null where there is none.</summary>
    public string? ServerName { get; private set; }

    /// <summary>Whether the extension of an encrypted ClientHello is there. Clients also send it with random bytes (GREASE).</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Reads TLS records from the start of a connection.</summary>
    /// <param name="bytes">All that came so far.</param>
    /// <param name="hello">Valid when the result is <see cref="HelloStatus.Complete"/>.</param>
    public static HelloStatus Parse(ReadOnlySpan<byte> bytes, out ClientHello hello)
    {
        hello = default;
        var status = Unwrap(bytes, out var message);
        if (status != HelloStatus.Complete)
            return status;
        hello.rest = message;
        return hello.TryReadMessage() ? HelloStatus.Complete : HelloStatus.Malformed;
    }

    /// <summary>Takes the handshake message out of its records; usually there is one.</summary>
    private static HelloStatus Unwrap(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> message)
    {
        message = default;
        byte[]? joined = null;
        var have = 0;
        while (true)
        {
            if (bytes.Length < 5)
                return HelloStatus.Incomplete;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (bytes[0] != 0x16 || bytes[1] != 3 || length == 0 || length > MaximumBytes || have + length > MaximumBytes)
                return HelloStatus.Malformed;
            if (bytes.Length < 5 + length)
                return HelloStatus.Incomplete;
            var fragment = bytes.Slice(5, length);
            bytes = bytes[(5 + length)..];
            if (joined is null && IsWhole(fragment, out var size))
            {
                message = fragment[4..(4 + size)];
                return fragment[0] == HandshakeType ? HelloStatus.Complete : HelloStatus.Malformed;
            }
            joined ??= new byte[MaximumBytes];
            fragment.CopyTo(joined.AsSpan(have));
            have += length;
            if (!IsWhole(joined.AsSpan(0, have), out size))
                continue;
            message = joined.AsSpan(4, size);
            return joined[0] == HandshakeType ? HelloStatus.Complete : HelloStatus.Malformed;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> handshake, out int size)
    {
        size = handshake.Length < 4 ? 0 : (handshake[1] << 16) | (handshake[2] << 8) | handshake[3];
        return handshake.Length >= 4 && handshake.Length - 4 >= size;
    }

    private bool TryReadMessage()
    {
        // legacy_version, random, legacy_session_id, cipher_suites, legacy_compression_methods, extensions
        if (!TrySkip(2 + 32) || !TryTake8(out _) || !TryTake16(out _) || !TryTake8(out _))
            return false;
        if (rest.IsEmpty)
            return true;
        if (!TryTake16(out var extensions) || !rest.IsEmpty)
            return false;
        rest = extensions;
        var named = false;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(out var type) || !TryTake16(out var extension))
                return false;
            if (type == EncryptedClientHelloExtension)
                IsEncrypted = true;
            if (type != ServerNameExtension)
                continue;
            if (named || !TryReadServerName(extension))
                return false;
            named = true;
        }
        return true;
    }

    private bool TryReadServerName(ReadOnlySpan<byte> extension)
    {
        var list = new ClientHello { rest = extension };
        if (!list.TryTake16(out var names) || !list.rest.IsEmpty)
            return false;
        list.rest = names;
        // One name of type host_name, as every client sends; a second one would be a way to show two faces.
        if (list.rest.Length < 1 || list.rest[0] != 0)
            return false;
        list.rest = list.rest[1..];
        if (!list.TryTake16(out var name) || !list.rest.IsEmpty || name.Length is 0 or > 255 || !Ascii.IsValid(name))
            return false;
        ServerName = Encoding.ASCII.GetString(name);
        return true;
    }

    private bool TrySkip(int count)
    {
        if (rest.Length < count)
            return false;
        rest = rest[count..];
        return true;
    }

    private bool TryTakeNumber(out ushort number)
    {
        number = 0;
        if (rest.Length < 2)
            return false;
        number = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[2..];
        return true;
    }

    private bool TryTake8(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return rest.Length > 0 && TryTake(1, rest[0], out vector);
    }

    private bool TryTake16(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return rest.Length > 1 && TryTake(2, BinaryPrimitives.ReadUInt16BigEndian(rest), out vector);
    }

    private bool TryTake(int prefix, int length, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (rest.Length < prefix + length)
            return false;
        vector = rest.Slice(prefix, length);
        rest = rest[(prefix + length)..];
        return true;
    }
}
