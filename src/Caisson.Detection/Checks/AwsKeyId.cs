namespace Caisson.Detection.Checks;

/// <summary>
/// Amazon's access key ids since 2019 hold the account's number: of the 80 bits after the prefix, in base32, the forty after the first are that number, of twelve digits at most.
/// </summary>
internal static class AwsKeyId
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const long MostAccount = 999_999_999_999;

    internal static bool Is(string value)
    {
        if (value.Length != 20)
            return false;
        var bits = 0L;
        // Ten characters are enough for the account.
        foreach (var character in value.AsSpan(4, 10))
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            bits = (bits << 5) | (uint)digit;
        }
        foreach (var character in value.AsSpan(14))
        {
            if (!Alphabet.Contains(character, StringComparison.Ordinal))
                return false;
        }
        // Older ids begin with I or J behind the prefix and hold no account.
        return value[4] is 'I' or 'J' || (bits >> 9 & 0xFF_FFFF_FFFFL) <= MostAccount;
    }
}
