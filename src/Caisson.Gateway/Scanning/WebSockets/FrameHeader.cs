using System.Buffers.Binary;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>The head of a frame (RFC 6455, 5.2).</summary>
/// <param name="First">Its first byte: the end of a message, extension bits, opcode.</param>
/// <param name="IsMasked">What a client sends is, what a server sends is not.</param>
/// <param name="Mask">The key, in the order of the bytes; 0 without one.</param>
/// <param name="PayloadLength">In bytes.</param>
/// <param name="Length">Of the head itself, in bytes.</param>
internal readonly record struct FrameHeader(byte First, bool IsMasked, uint Mask, long PayloadLength, int Length)
{
    /// <summary>The longest head, in bytes.</summary>
    public const int Longest = 14;

    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Pong = 10;

    /// <summary>The longest payload of a control frame, in bytes.</summary>
    public const int LongestControl = 125;

    public bool IsFinal => (First & 0x80) != 0;

    /// <summary>With permessage-deflate, on the first frame of a message: it is compressed (RFC 7692, 6).</summary>
    public bool IsCompressed => (First & 0x40) != 0;

    /// <summary>Bits that no extension here has a meaning for.</summary>
    public bool HasUnknownBits => (First & 0x30) != 0;

    public int Opcode => First & 0x0F;

    public bool IsControl => Opcode >= Close;

    /// <returns>False while bytes are missing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
            return false;
        var masked = (bytes[1] & 0x80) != 0;
        var size = (bytes[1] & 0x7F) switch
        {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        var length = 2 + size + (masked ? 4 : 0);
        if (bytes.Length < length)
            return false;
        var payload = size switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            // More than a long holds is negative, which nobody takes.
            8 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => bytes[1] & 0x7F,
        };
        var mask = masked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(2 + size)..]) : 0;
        header = new FrameHeader(bytes[0], masked, mask, payload, length);
        return true;
    }
}
