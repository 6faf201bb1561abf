using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Caisson.Terminals.Screen;

/// <summary>
/// The whole state of a screen as bytes, also in the middle of a sequence: a screen that is loaded goes on at the exact byte where the saved one was. Unlike
/// a snapshot it is for this program alone, and of one version of it.
/// </summary>
public static class Checkpoint
{
    /// <summary>Counts up whenever the layout changes; others are refused.</summary>
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "caisson-screen\0\0"u8;

    private static int HeaderSize => Magic.Length + sizeof(int) + sizeof(int) + SHA256.HashSizeInBytes;

    /// <summary>Answers and events that nobody has taken yet are part of it.</summary>
    public static void Save(TerminalScreen screen, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(1 << 16);
        var state = new StateWriter(body);
        screen.Save(state);
        var header = output.GetSpan(HeaderSize)[..HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[Magic.Length..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[(Magic.Length + 4)..], body.WrittenCount);
        SHA256.HashData(body.WrittenSpan, header[(Magic.Length + 8)..]);
        output.Advance(HeaderSize);
        output.Write(body.WrittenSpan);
    }

    /// <summary>False for what is damaged, cut or of another version: then there is no screen at all, never half of one.</summary>
    public static bool TryLoad(ReadOnlySpan<byte> data, [NotNullWhen(true)] out TerminalScreen? screen)
    {
        screen = null;
        if (data.Length < HeaderSize || !data.StartsWith(Magic))
            return false;
        var body = data[HeaderSize..];
        if (
            BinaryPrimitives.ReadInt32LittleEndian(data[Magic.Length..]) != Version
            || BinaryPrimitives.ReadInt32LittleEndian(data[(Magic.Length + 4)..]) != body.Length
        )
        {
            return false;
        }
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, sum);
        if (!sum.SequenceEqual(data.Slice(Magic.Length + 8, sum.Length)))
            return false;
        // From here on it is what Save wrote, so nothing below has to doubt it.
        var state = new StateReader(body);
        screen = TerminalScreen.Load(ref state);
        return true;
    }
}
