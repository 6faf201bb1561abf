using System.Buffers;

namespace Caisson.Detection.Rules;

/// <summary>Texts that stand where a secret would: documentation's <c>xxxx</c>, <c>${TOKEN}</c>, and the keys that vendors print as examples.</summary>
internal static class StandIns
{
    private static readonly SearchValues<string> Words = SearchValues.Create(
        [
            "example",
            "placeholder",
            "changeme",
            "change_me",
            "your_",
            "your-",
            "yourapikey",
            "insert_",
            "dummy",
            "redacted",
            "xxxxx",
            "12345678901234567890",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    // Published by the vendors in their own documentation, so that nobody loses anything by them.
    private static readonly HashSet<string> Published = new(StringComparer.Ordinal)
    {
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIAI44QH8DHBEXAMPLE",
        "4eC39HqLyjWDarjtT1zdp7dc",
        "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc",
    };

    internal static bool Is(string value)
    {
        if (Published.Contains(value) || value.AsSpan().ContainsAny(Words))
            return true;
        // ${NAME}, {{ name }}, <name>, %NAME%, $(name)
        if (
            value.Contains("${", StringComparison.Ordinal)
            || value.Contains("{{", StringComparison.Ordinal)
            || value.Contains("$(", StringComparison.Ordinal)
        )
            return true;
        return IsMonotonous(value);
    }

    // Two different characters at most after the part that all values of a kind share: AAAA…, 0000…, x-x-x.
    private static bool IsMonotonous(string value)
    {
        if (value.Length < 12)
            return false;
        var tail = value.AsSpan(value.Length / 2);
        var first = tail[0];
        var other = '\0';
        foreach (var character in tail)
        {
            if (character == first || character == other)
                continue;
            if (other != '\0')
                return false;
            other = character;
        }
        return true;
    }
}
