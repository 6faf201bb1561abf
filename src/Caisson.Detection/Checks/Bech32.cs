namespace Caisson.Detection.Checks;

/// <summary>BIP-173 and BIP-350: the last six characters are a checksum over the name and the data. Keys of age, Nostr and Cardano.</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const uint Plain = 1;
    private const uint Modified = 0x2BC830A3;

    private static readonly uint[] Generator = [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];

    internal static bool HasChecksum(string value)
    {
        // All in one case; which one does not matter.
        var text = value.ToLowerInvariant();
        var separator = text.LastIndexOf('1');
        if (separator < 1 || text.Length - separator <= 6)
            return false;
        var sum = 1u;
        foreach (var character in text.AsSpan(0, separator))
            sum = Step(sum, (uint)character >> 5);
        sum = Step(sum, 0);
        foreach (var character in text.AsSpan(0, separator))
            sum = Step(sum, (uint)character & 31);
        foreach (var character in text.AsSpan(separator + 1))
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            sum = Step(sum, (uint)digit);
        }
        return sum is Plain or Modified;
    }

    private static uint Step(uint sum, uint value)
    {
        var top = sum >> 25;
        sum = ((sum & 0x1FFFFFF) << 5) ^ value;
        for (var bit = 0; bit < Generator.Length; bit++)
            sum ^= (top >> bit & 1) == 0 ? 0 : Generator[bit];
        return sum;
    }
}
