using System.Buffers;
using System.Globalization;
using System.Net;

namespace Caisson.Policy.Hosts;

/// <summary>
/// Turns every spelling of a host into one, or refuses it. Names follow DNS (RFC 1035: 63 bytes a label, 253 in all) with the underscore that real
/// names use; a name whose last label is a number is an IPv4 address in one of the forms of <c>inet_aton</c> (decimal, octal, hexadecimal, one to
/// four parts) as browsers read it (URL Standard, "ends in a number"), or it is refused.
/// </summary>
public static class HostName
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly IdnMapping Idn = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    /// <summary>Accepts <c>Host</c>, <c>:authority</c>, SNI and DNS spellings, with an optional port.</summary>
    public static CanonicalHost Canonicalise(string text)
    {
        if (text.Length == 0)
            return CanonicalHost.Refused("is empty");
        if (text.Length > 600)
            return CanonicalHost.Refused("is too long");
        if (Forbidden(text) is { } problem)
            return CanonicalHost.Refused(problem);

        if (!TrySplitPort(text, out var host, out var port, out var bracketed, out problem))
            return CanonicalHost.Refused(problem);

        var canonical = bracketed ? HostAddress.CanonicaliseV6(host) : CanonicaliseName(host);
        return canonical with { Port = canonical.IsValid ? port : null };
    }

    /// <summary>Whether the canonical host is an address. Only for text that <see cref="Canonicalise"/> gave.</summary>
    public static bool IsLiteral(string canonicalHost) =>
        canonicalHost.Contains(':', StringComparison.Ordinal)
        || (canonicalHost.Length > 0 && char.IsAsciiDigit(canonicalHost[^1]) && IPAddress.TryParse(canonicalHost, out _));

    private static string? Forbidden(string text)
    {
        foreach (var character in text)
        {
            switch (character)
            {
                case '\0':
                    return "holds a NUL";
                case '@':
                    return "holds user-info";
                case '%':
                    return "holds a percent escape or a zone id";
                case <= ' ' or '\u007f':
                    return "holds a space or control character";
                case '/' or '\\' or '?' or '#' or '<' or '>' or '^' or '|':
                    return $"holds the character '{character}'";
            }
        }
        return null;
    }

    private static bool TrySplitPort(string text, out string host, out int? port, out bool bracketed, out string problem)
    {
        (host, port, bracketed, problem) = (text, null, text[0] == '[', "");
        var colon = -1;
        if (bracketed)
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                problem = "has a bracket out of place";
                return false;
            }
            host = text[1..end];
            colon = end + 1 < text.Length ? end + 1 : -1;
        }
        else if (text.Contains(':', StringComparison.Ordinal))
        {
            colon = text.IndexOf(':', StringComparison.Ordinal);
            if (text.LastIndexOf(':') != colon)
            {
                bracketed = true; // An IPv6 address without brackets, as DNS answers and PROXY headers spell it.
                return true;
            }
            host = text[..colon];
        }
        if (colon < 0)
            return true;
        var digits = text.AsSpan(colon + 1);
        if (
            digits.Length is 0 or > 5
            || digits.ContainsAnyExceptInRange('0', '9')
            || int.Parse(digits) is var number && number is 0 or > 65535
        )
        {
            problem = "has a port that is not a number from 1 to 65535";
            return false;
        }
        port = int.Parse(digits);
        return true;
    }

    private static CanonicalHost CanonicaliseName(string name)
    {
        var host = name;
        if (host.AsSpan().ContainsAnyExcept(Plain))
        {
            host = host.ToLowerInvariant();
            if (!Ascii(host) && !TryIdn(ref host))
                return CanonicalHost.Refused("is not a valid international name");
        }
        if (host.EndsWith('.'))
            host = host[..^1];
        if (HostAddress.EndsInNumber(host))
            return HostAddress.CanonicaliseV4(host);
        return LabelProblem(host) is { } problem ? CanonicalHost.Refused(problem) : new CanonicalHost(host, false, null, null);
    }

    private static string? LabelProblem(string host)
    {
        if (host.Length == 0)
            return "is empty";
        if (host.Length > 253)
            return "is longer than 253 characters";
        if (host.AsSpan().ContainsAnyExcept(Plain))
            return "holds a character that no host name has";
        foreach (var range in host.AsSpan().Split('.'))
        {
            var label = host.AsSpan(range);
            if (label.Length == 0)
                return "has an empty label";
            if (label.Length > 63)
                return "has a label longer than 63 characters";
            if (label[0] == '-')
                return "has a label that starts with a hyphen";
        }
        return null;
    }

    private static bool Ascii(string text) => System.Text.Ascii.IsValid(text);

    // No mapping tables are at hand (invariant globalisation), so what would need one is refused rather than guessed.
    private static bool TryIdn(ref string host)
    {
        foreach (var character in host)
        {
            if (character < 128)
                continue;
            var category = char.GetUnicodeCategory(character);
            var letter =
                category
                is UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.OtherLetter
                    or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.DecimalDigitNumber;
            if (!letter)
                return false;
        }
        try
        {
            host = Idn.GetAscii(host).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
