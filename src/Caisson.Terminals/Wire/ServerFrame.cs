using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Caisson.Terminals.Wire;

/// <summary>Frames of the server, written into the caller's memory or, where they are small and rare, into their own.</summary>
public static class ServerFrame
{
    /// <summary>Bytes before those of OUTPUT.</summary>
    public const int OutputHead = 9;

    /// <summary>Bytes before those of SNAPSHOT.</summary>
    public const int SnapshotHead = 11;

    public static void WriteOutputHead(Span<byte> target, long offset)
    {
        target[0] = (byte)Opcode.Output;
        BinaryPrimitives.WriteInt64BigEndian(target[1..], offset);
    }

    /// <param name="full">With the history, or only what is visible.</param>
    /// <param name="last">No more pieces of this part follow.</param>
    /// <param name="offset">Of the output byte that comes next.</param>
    public static void WriteSnapshotHead(Span<byte> target, bool full, bool last, long offset)
    {
        target[0] = (byte)Opcode.Snapshot;
        target[1] = full ? (byte)1 : (byte)0;
        target[2] = last ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(target[3..], offset);
    }

    public static byte[] Gap(long from, long to)
    {
        var frame = new byte[17];
        frame[0] = (byte)Opcode.Gap;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), from);
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(9), to);
        return frame;
    }

    public static byte[] InputAck(long sequence)
    {
        var frame = new byte[9];
        frame[0] = (byte)Opcode.InputAck;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), sequence);
        return frame;
    }

    public static byte[] Size(int columns, int rows)
    {
        var frame = new byte[5];
        frame[0] = (byte)Opcode.Size;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)columns);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)rows);
        return frame;
    }

    public static byte[] Pong(ReadOnlySpan<byte> token) => [(byte)Opcode.Pong, .. token];

    public static byte[] Hello(HelloMessage message) => Json(Opcode.Hello, message, WireJson.Default.HelloMessage);

    public static byte[] State(StateMessage message) => Json(Opcode.State, message, WireJson.Default.StateMessage);

    public static byte[] Exit(ExitMessage message) => Json(Opcode.Exit, message, WireJson.Default.ExitMessage);

    public static byte[] Error(string code, string message) =>
        Json(Opcode.Error, new ErrorMessage(code, message), WireJson.Default.ErrorMessage);

    public static byte[] Notice(NoticeMessage message) => Json(Opcode.Notice, message, WireJson.Default.NoticeMessage);

    private static byte[] Json<T>(Opcode opcode, T message, JsonTypeInfo<T> json) =>
        [(byte)opcode, .. JsonSerializer.SerializeToUtf8Bytes(message, json)];
}
