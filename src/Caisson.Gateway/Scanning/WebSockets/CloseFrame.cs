using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>Frames that end a WebSocket (RFC 6455, 5.5.1).</summary>
internal static class CloseFrame
{
    /// <summary>The longest reason, in bytes.</summary>
    public const int LongestReason = 123;

    private const byte FinalClose = 0x80 | FrameHeader.Close;

    /// <summary>As a server sends it; a reason that is too long is cut.</summary>
    public static byte[] ForClient(int code, string reason)
    {
        var text = Cut(reason);
        var frame = new byte[4 + text.Length];
        (frame[0], frame[1]) = (FinalClose, (byte)(2 + text.Length));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        text.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>As a client sends it: masked.</summary>
    public static byte[] ForServer(int code)
    {
        var frame = new byte[8];
        (frame[0], frame[1]) = (FinalClose, 0x82);
        RandomNumberGenerator.Fill(frame.AsSpan(2, 4));
        frame[6] = (byte)((code >> 8) ^ frame[2]);
        frame[7] = (byte)(code ^ frame[3]);
        return frame;
    }

    private static byte[] Cut(string reason)
    {
        var bytes = Encoding.UTF8.GetBytes(reason);
        if (bytes.Length <= LongestReason)
            return bytes;
        var end = LongestReason - 3;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return [.. bytes[..end], .. "…"u8];
    }
}
