namespace Caisson.Detection.Checks;

/// <summary>Numbers that end in a check digit; what stands between the digits is passed over.</summary>
internal static class Digits
{
    /// <summary>ISO/IEC 7812-1: payment cards.</summary>
    internal static bool Luhn(string value)
    {
        var sum = 0;
        var second = false;
        var different = false;
        char? last = null;
        for (var index = value.Length - 1; index >= 0; index--)
        {
            if (!char.IsAsciiDigit(value[index]))
                continue;
            different |= last is not null && last != value[index];
            last = value[index];
            var digit = value[index] - '0';
            if (second)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
            second = !second;
        }
        return different && sum % 10 == 0;
    }

    /// <summary>ISO 7064 MOD 97-10 as in ISO 13616: international bank account numbers.</summary>
    internal static bool Mod97(string value)
    {
        var text = new string([.. value.Where(char.IsAsciiLetterOrDigit)]).ToUpperInvariant();
        if (text.Length < 15)
            return false;
        var rest = 0;
        foreach (var character in text[4..] + text[..4])
        {
            var number = char.IsAsciiDigit(character) ? character - '0' : character - 'A' + 10;
            rest = ((rest * (number > 9 ? 100 : 10)) + number) % 97;
        }
        return rest == 1;
    }
}
