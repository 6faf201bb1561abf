using System.Buffers.Binary;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>What there is of a sequence, or of a character, as the parser knows it: not the bytes themselves but ones of the same effect.</summary>
    private void WritePartialSequence(EscapeWriter writer)
    {
        switch (state)
        {
            case ParserState.Ground:
                break;
            case ParserState.Escape or ParserState.EscapeIntermediate:
                writer.Raw("\e"u8);
                WriteCollected(writer, collected, intermediates: true);
                break;
            case ParserState.CsiIgnore:
                writer.Csi("0<"u8);
                break;
            case ParserState.DcsIgnore:
                writer.Raw("\eP0<"u8);
                break;
            case ParserState.OtherString:
                writer.Raw("\eX"u8);
                break;
            case ParserState.OscString:
                writer.Raw("\e]"u8);
                // What went over the limit will do nothing, whatever follows.
                writer.Raw(payloadDropped ? "!"u8 : payload.AsSpan(0, payloadLength));
                break;
            case ParserState.DcsPassthrough:
                writer.Raw("\eP"u8);
                if (hookFinal == StatusRequest)
                    writer.Raw(payloadDropped ? "q"u8 : "$q"u8);
                else
                    writer.Raw("q"u8);
                writer.Raw(payload.AsSpan(0, payloadLength));
                break;
            default:
                writer.Raw(state >= ParserState.DcsEntry ? "\eP"u8 : "\e["u8);
                WriteCollected(writer, collected, intermediates: false);
                if (state is not (ParserState.CsiEntry or ParserState.DcsEntry))
                    WriteParameters(writer);
                WriteCollected(writer, collected, intermediates: true);
                break;
        }
        WritePartialCharacter(writer);
    }

    /// <summary>Prefixes ('?' and its like) come before the numbers of a sequence, intermediates after them.</summary>
    private static void WriteCollected(EscapeWriter writer, int collected, bool intermediates)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, collected);
        foreach (var value in bytes)
        {
            // More than three were collected: three spaces are as unknown, and another after them will be.
            var known = value == 0xFF ? (byte)' ' : value;
            if (known != 0 && known < 0x30 == intermediates)
                writer.Raw([known]);
        }
        if (collected == 0xFFFFFF && intermediates)
            writer.Raw(" "u8);
    }

    private void WriteParameters(EscapeWriter writer)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (i > 0)
                writer.Raw(";"u8);
            writer.Number(parameters[i]);
            for (var sub = 0; sub < parameters.SubCountOf(i); sub++)
            {
                writer.Raw(":"u8);
                if (parameters.Sub(i, sub) != SequenceParameters.Absent)
                    writer.Number(parameters.Sub(i, sub));
            }
        }
        if (parameters.Dropping)
            writer.Raw(parameters.InSub ? ":"u8 : ";"u8);
    }

    private void WritePartialCharacter(EscapeWriter writer)
    {
        if (utf8Left == 0)
            return;
        // The bits of the bytes that came, and 0 for those to come: then the first ones are right.
        var code = utf8Code << (6 * utf8Left);
        var length = utf8Bytes + utf8Left;
        Span<byte> bytes = stackalloc byte[4];
        for (var i = length - 1; i > 0; i--)
        {
            bytes[i] = (byte)(0x80 | code & 0x3F);
            code >>= 6;
        }
        bytes[0] = (byte)(
            (
                length == 2 ? 0xC0
                : length == 3 ? 0xE0
                : 0xF0
            ) | code
        );
        writer.Raw(bytes[..utf8Bytes]);
    }
}
