using System.Text;

namespace Caisson.Detection.Checks;

/// <summary>
/// A private key between <c>-----BEGIN</c> and <c>-----END</c>, with real line breaks, written in one line with <c>\n</c>, or indented. A header alone, or a header over
/// something that is no key, is none: what the first bytes must be is known for each kind. The end may be missing.
/// </summary>
internal static class PrivateKeyFrame
{
    private const int Shortest = 32;

    internal static bool Is(string value)
    {
        var header = value.IndexOf("-----", 5, StringComparison.Ordinal);
        if (header < 0)
            return false;
        var label = value[5..header];
        var body = Body(value[(header + 5)..], out var encrypted);
        // Whole groups of four only: the rest may be cut off.
        var whole = body.Length / 4 * 4;
        var bytes = new byte[body.Length];
        if (!Convert.TryFromBase64String(body[..whole], bytes, out var length) || length < Shortest)
            return false;
        return encrypted || Fits(label, bytes.AsSpan(0, length));
    }

    private static bool Fits(string label, ReadOnlySpan<byte> bytes)
    {
        if (label.Contains("OPENSSH", StringComparison.Ordinal))
            return bytes.StartsWith("openssh-key-v1\0"u8);
        // RFC 9580, 4.2 and 5.5: a packet of the type 5, secret key, in either format.
        if (label.Contains("PGP", StringComparison.Ordinal))
            return bytes[0] is (>= 0x94 and <= 0x97) or 0xC5;
        if (label.Contains("SSH2", StringComparison.Ordinal))
            return bytes.StartsWith((ReadOnlySpan<byte>)[0x3F, 0x6F, 0xF9, 0xEB]);
        if (label.Contains("COSIGN", StringComparison.Ordinal) || label.Contains("SIGSTORE", StringComparison.Ordinal))
            return bytes.StartsWith("{\""u8);
        return IsSequence(bytes, encrypted: label.Contains("ENCRYPTED", StringComparison.Ordinal));
    }

    // X.690: SEQUENCE, its length, then a version (RFC 5208, 5915, 8017) or, encrypted, another SEQUENCE that names the algorithm.
    private static bool IsSequence(ReadOnlySpan<byte> bytes, bool encrypted)
    {
        if (bytes[0] != 0x30)
            return false;
        var content = bytes[1] < 0x80 ? 2 : 2 + (bytes[1] & 0x7F);
        if (content > 5)
            return false;
        var first = bytes[content..];
        return encrypted ? first[0] == 0x30 : first[0] == 2 && first[1] == 1 && first[2] <= 1;
    }

    // Base64 without what breaks it into lines. Headers (RFC 1421, 4.6; RFC 9580, 6.2) end in an empty line.
    private static string Body(string text, out bool encrypted)
    {
        text = text.Replace("\\r", "", StringComparison.Ordinal)
            .Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\t", " ", StringComparison.Ordinal);
        encrypted = false;
        var body = new StringBuilder(text.Length);
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.AsSpan().Trim(" \t\r\"'+,\\");
            if (trimmed.StartsWith("-----"))
                break;
            // The checksum of OpenPGP's armour.
            if (trimmed.StartsWith("=") && body.Length > 0)
                break;
            if (trimmed.Contains(':'))
            {
                encrypted |= trimmed.StartsWith("Proc-Type") && trimmed.Contains("ENCRYPTED", StringComparison.Ordinal);
                continue;
            }
            foreach (var character in trimmed)
            {
                if (char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=')
                    body.Append(character);
                else if (character is not (' ' or '\\' or '"'))
                    return body.ToString();
            }
        }
        return body.ToString();
    }
}
