using System.Text;
using System.Text.Encodings.Web;

namespace Caisson.Credentials.Masking;

/// <summary>The texts that a secret may appear as.</summary>
internal static class SecretForms
{
    private const int ShortestLine = 16;

    public static IEnumerable<string> Of(ReadOnlySpan<byte> secret)
    {
        var forms = new List<string>();
        var text = Encoding.UTF8.GetString(secret);
        AddText(forms, text);
        if (text.Contains('\n', StringComparison.Ordinal))
        {
            foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= ShortestLine))
                AddText(forms, line);
        }
        for (var shift = 0; shift < 3; shift++)
        {
            var base64 = Base64At(secret, shift);
            forms.Add(base64);
            forms.Add(base64.Replace('+', '-').Replace('/', '_'));
        }
        forms.Add(Convert.ToHexString(secret));
        forms.Add(Convert.ToHexStringLower(secret));
        return forms;
    }

    private static void AddText(List<string> forms, string text)
    {
        forms.Add(text);
        var url = Uri.EscapeDataString(text);
        forms.Add(url);
        forms.Add(LowerHex(url));
        forms.Add(url.Replace("%20", "+", StringComparison.Ordinal));
        forms.Add(JavaScriptEncoder.Default.Encode(text));
        forms.Add(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text));
        forms.Add(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text).Replace("/", "\\/", StringComparison.Ordinal));
        forms.Add(text.Replace("'", "'\\''", StringComparison.Ordinal));
    }

    /// <summary>The characters that depend on the secret alone, when it begins <paramref name="shift"/> bytes into a group of three.</summary>
    private static string Base64At(ReadOnlySpan<byte> secret, int shift)
    {
        var padded = new byte[shift + secret.Length];
        secret.CopyTo(padded.AsSpan(shift));
        var encoded = Convert.ToBase64String(padded);
        var first = (shift * 8 + 5) / 6;
        var end = padded.Length * 8 / 6;
        return end > first ? encoded[first..end] : "";
    }

    private static string LowerHex(string url)
    {
        var text = new StringBuilder(url);
        for (var at = 0; at + 2 < text.Length; at++)
        {
            if (text[at] != '%')
                continue;
            text[at + 1] = char.ToLowerInvariant(text[at + 1]);
            text[at + 2] = char.ToLowerInvariant(text[at + 2]);
        }
        return text.ToString();
    }
}
