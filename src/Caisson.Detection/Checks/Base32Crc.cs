namespace Caisson.Detection.Checks;

/// <summary>
/// Base32 of bytes that end in CRC-16 (XMODEM, low byte first) of the others: seeds of NATS (https://github.com/nats-io/nkeys) and Stellar (SEP-23).
/// </summary>
internal static class Base32Crc
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    internal static bool HasChecksum(string value)
    {
        var bytes = new List<byte>(value.Length);
        var bits = 0u;
        var have = 0;
        foreach (var character in value)
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            bits = (bits << 5) | (uint)digit;
            have += 5;
            if (have < 8)
                continue;
            have -= 8;
            bytes.Add((byte)(bits >> have));
        }
        if (bytes.Count < 3)
            return false;
        var sum = 0u;
        foreach (var item in bytes.Take(bytes.Count - 2))
        {
            sum ^= (uint)item << 8;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum & 0x8000) == 0 ? sum << 1 : (sum << 1) ^ 0x1021;
        }
        return (sum & 0xFFFF) == (uint)(bytes[^2] | (bytes[^1] << 8));
    }
}
