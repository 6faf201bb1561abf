using System.Buffers.Binary;

namespace Caisson.Terminals.Wire;

/// <summary>One frame of a client, read in place.</summary>
public readonly ref struct ClientFrame
{
    /// <summary>Bytes of the longest one.</summary>
    public const int Longest = 65_536;

    public Opcode Opcode { get; private init; }

    /// <summary>INPUT: its sequence; ACK: its offset.</summary>
    public long Number { get; private init; }

    /// <summary>RESIZE.</summary>
    public int Columns { get; private init; }

    /// <summary>RESIZE.</summary>
    public int Rows { get; private init; }

    /// <summary>INPUT: the bytes; ATTACH: the JSON; PING: its 8 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; private init; }

    /// <summary>False for what the protocol does not have: the view is closed with <see cref="CloseCode.Protocol"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ClientFrame frame)
    {
        frame = default;
        if (data.IsEmpty)
            return false;
        var body = data[1..];
        switch ((Opcode)data[0])
        {
            case Opcode.Attach:
                frame = new ClientFrame { Opcode = Opcode.Attach, Bytes = body };
                return true;
            case Opcode.Input when body.Length >= 8 && TryReadNumber(body, out var sequence):
                frame = new ClientFrame
                {
                    Opcode = Opcode.Input,
                    Number = sequence,
                    Bytes = body[8..],
                };
                return true;
            case Opcode.Ack when body.Length == 8 && TryReadNumber(body, out var offset):
                frame = new ClientFrame { Opcode = Opcode.Ack, Number = offset };
                return true;
            case Opcode.Resize when body.Length == 4:
                frame = new ClientFrame
                {
                    Opcode = Opcode.Resize,
                    Columns = BinaryPrimitives.ReadUInt16BigEndian(body),
                    Rows = BinaryPrimitives.ReadUInt16BigEndian(body[2..]),
                };
                return true;
            case Opcode.Ping when body.Length == 8:
                frame = new ClientFrame { Opcode = Opcode.Ping, Bytes = body };
                return true;
            case Opcode.Take when body.IsEmpty:
                frame = new ClientFrame { Opcode = Opcode.Take };
                return true;
            default:
                return false;
        }
    }

    // Offsets and sequences are u64 on the wire and never beyond 2^63 in life, with room for the bytes that follow.
    private static bool TryReadNumber(ReadOnlySpan<byte> body, out long number)
    {
        number = BinaryPrimitives.ReadInt64BigEndian(body);
        return number is >= 0 and <= long.MaxValue - Longest;
    }
}
