using System.Runtime.InteropServices;

namespace Caisson.Detection.Places;

/// <summary>A place as an editor counts it: lines end at a line feed, columns are characters of UTF-8 (each other byte is one); both from 1.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TextPosition(long Line, long Column)
{
    public static TextPosition Start { get; } = new(1, 1);

    /// <summary>The place behind a text that begins here.</summary>
    internal TextPosition After(ReadOnlySpan<byte> text)
    {
        var lines = text.Count((byte)'\n');
        var last = lines == 0 ? text : text[(text.LastIndexOf((byte)'\n') + 1)..];
        var characters = 0L;
        foreach (var item in last)
            characters += (item & 0xC0) == 0x80 ? 0 : 1;
        return lines == 0 ? this with { Column = Column + characters } : new TextPosition(Line + lines, 1 + characters);
    }
}
