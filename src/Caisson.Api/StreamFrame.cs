using System.Buffers.Binary;

namespace Caisson.Api;

/// <summary>
/// The binary WebSocket messages of <c>…/processes/{process}/stream</c>. From the server: a kind, the absolute offset of the first byte in
/// its stream (8 bytes, big endian), then bytes. From the client: a kind, then bytes.
/// </summary>
public enum StreamFrame : byte
{
    /// <summary>Server: bytes of standard output, or of the terminal.</summary>
    Output = 0,

    /// <summary>Server: bytes of standard error.</summary>
    Error = 1,

    /// <summary>Server: the process has ended; the rest is JSON (<see cref="ProcessExit"/>). The last message.</summary>
    Exit = 2,

    /// <summary>Server: bytes before this offset are no longer kept.</summary>
    Gap = 3,

    /// <summary>Client: bytes for standard input; empty: end of input.</summary>
    Input = 16,

    /// <summary>Client: columns and rows, 2 bytes each, big endian.</summary>
    Resize = 17,

    /// <summary>Client: one byte, the signal for the foreground process group.</summary>
    Signal = 18,
}

public static class StreamFrames
{
    /// <summary>Bytes before the payload of a message from the server.</summary>
    public const int ServerHeader = 9;

    public static void WriteServerHeader(Span<byte> target, StreamFrame kind, long offset)
    {
        target[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(target[1..], offset);
    }

    public static long ReadOffset(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadInt64BigEndian(message[1..]);
}
