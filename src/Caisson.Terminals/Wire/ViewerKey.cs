using System.Globalization;
using System.Security.Cryptography;

namespace Caisson.Terminals.Wire;

/// <summary>The 128 random bits that name one viewer's input over all its connections. Whoever knows them can go on with that input.</summary>
public static class ViewerKey
{
    /// <summary>The server's own: answers of the screen model to programs' queries.</summary>
    public static UInt128 Model => 0;

    public static UInt128 Create()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public static string Format(UInt128 key) => key.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>False for what is no key, and for the server's own.</summary>
    public static bool TryParse(string? text, out UInt128 key)
    {
        key = 0;
        return text is { Length: 32 }
            && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key)
            && key != Model;
    }
}
