namespace Caisson.Detection.Decoding;

/// <summary>Ways to write bytes as other bytes that are opened before a search.</summary>
internal enum Coding
{
    None,
    Base64,
    Base32,
    Hex,
    Escapes,
    QuotedPrintable,
    Utf16,
    Unicode,
    Separated,
}

/// <summary>What was opened one after the other, outermost first; at most four.</summary>
internal readonly record struct DecodeChain(uint Steps)
{
    internal const int Most = 4;

    internal int Length => Steps == 0 ? 0 : (System.Numerics.BitOperations.Log2(Steps) / 8) + 1;

    internal Coding Last => (Coding)(Steps & 0xFF);

    internal DecodeChain And(Coding coding) => new((Steps << 8) | (uint)coding);

    internal IReadOnlyList<string> Names(string last)
    {
        var names = new List<string>();
        for (var index = Length - 1; index >= 0; index--)
            names.Add(Name((Coding)(Steps >> (index * 8) & 0xFF)));
        if (last.Length > 0)
            names.AddRange(last.Split(", "));
        return names;
    }

    private static string Name(Coding coding) =>
        coding switch
        {
            Coding.Base64 => "base64",
            Coding.Base32 => "base32",
            Coding.Hex => "hex",
            Coding.Escapes => "escapes",
            Coding.QuotedPrintable => "quoted-printable",
            Coding.Utf16 => "utf-16",
            Coding.Unicode => "unicode",
            Coding.Separated => "separators",
            _ => throw new ArgumentOutOfRangeException(nameof(coding)),
        };
}
