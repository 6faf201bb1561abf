namespace Caisson.Detection.Decoding;

/// <summary>What a character stands for in the codings that write bytes as letters and digits; 255 for none.</summary>
internal static class Alphabets
{
    internal const byte None = 255;

    /// <summary>Both alphabets of base64 (RFC 4648, 4 and 5).</summary>
    internal static readonly byte[] Base64 = Build("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_");

    /// <summary>RFC 4648, 6, in upper case.</summary>
    internal static readonly byte[] Base32 = Build("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "");

    /// <summary>Both cases.</summary>
    internal static readonly byte[] Hex = BuildHex();

    private static byte[] Build(string alphabet, string last)
    {
        var table = new byte[256];
        Array.Fill(table, None);
        for (var value = 0; value < alphabet.Length; value++)
            table[alphabet[value]] = (byte)value;
        for (var index = 0; index < last.Length; index++)
            table[last[index]] = (byte)(alphabet.Length - last.Length + index);
        return table;
    }

    private static byte[] BuildHex()
    {
        var table = Build("0123456789ABCDEF", "");
        for (var value = 10; value < 16; value++)
            table['a' + value - 10] = (byte)value;
        return table;
    }
}
