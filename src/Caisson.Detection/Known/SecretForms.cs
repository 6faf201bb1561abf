using System.Buffers.Text;

namespace Caisson.Detection.Known;

/// <summary>
/// How a value looks, squeezed, when it was written in one of the usual ways. What was packed twice is found because the outer packing is opened first; only
/// what can't be opened (turned round, cut up, its case changed) must be known here.
/// </summary>
internal static class SecretForms
{
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Each form once; <paramref name="part"/> is the length in bytes of the smallest part that counts.</summary>
    internal static IEnumerable<SecretForm> Of(byte[] value, int part)
    {
        foreach (var form in Written(value, part))
        {
            if (form.Text.Length < KnownIndex.Window)
                continue;
            yield return form;
            var reversed = form.Text.AsEnumerable().Reverse().ToArray();
            yield return new SecretForm(form.Name.Length == 0 ? "reversed" : form.Name + ", reversed", reversed, form.Part);
        }
    }

    private static IEnumerable<SecretForm> Written(byte[] value, int part)
    {
        var plain = Squeezed.Of(value);
        // Of the part that counts, as much is left as of the whole.
        yield return new SecretForm("", plain, plain.Length * part / value.Length);
        for (var shift = 0; shift < 3; shift++)
            yield return new SecretForm("base64", Base64At(value, shift), ((part * 8) - 10) / 6);
        for (var shift = 0; shift < 5; shift++)
            yield return new SecretForm("base32", Base32At(value, shift), ((part * 8) - 8) / 5);
        yield return new SecretForm("hex", Hex(value, []), part * 2);
        yield return new SecretForm("escapes", Hex(value, "u00"u8), part * 5);
        yield return new SecretForm("escapes", Hex(value, "x"u8), part * 3);
        yield return new SecretForm("escapes", Octal(value), part * 3);
        yield return new SecretForm("entities", Decimal(value), part * 2);
    }

    // The characters that depend on the value alone, whatever stands before and after it.
    private static byte[] Base64At(byte[] value, int shift)
    {
        var padded = new byte[shift + value.Length];
        value.CopyTo(padded, shift);
        var text = Base64Url.EncodeToUtf8(padded);
        var first = ((shift * 8) + 5) / 6;
        var end = padded.Length * 8 / 6;
        // Squeezed like what is searched: the two characters that differ between the alphabets fall out.
        return Squeezed.Of(text.AsSpan(first, end - first));
    }

    private static byte[] Base32At(byte[] value, int shift)
    {
        var first = ((shift * 8) + 4) / 5;
        var end = (shift + value.Length) * 8 / 5;
        var text = new byte[end - first];
        for (var index = first; index < end; index++)
        {
            var quintet = 0;
            for (var bit = index * 5; bit < (index * 5) + 5; bit++)
                quintet = (quintet << 1) | (value[(bit / 8) - shift] >> (7 - (bit % 8)) & 1);
            text[index - first] = (byte)Base32Alphabet[quintet];
        }
        return text;
    }

    private static byte[] Hex(byte[] value, ReadOnlySpan<byte> before)
    {
        const string Digits = "0123456789abcdef";
        var text = new byte[value.Length * (before.Length + 2)];
        var end = 0;
        foreach (var item in value)
        {
            before.CopyTo(text.AsSpan(end));
            end += before.Length;
            text[end++] = (byte)Digits[item >> 4];
            text[end++] = (byte)Digits[item & 15];
        }
        return text;
    }

    private static byte[] Octal(byte[] value)
    {
        var text = new byte[value.Length * 3];
        for (var index = 0; index < value.Length; index++)
        {
            text[index * 3] = (byte)('0' + (value[index] >> 6));
            text[(index * 3) + 1] = (byte)('0' + (value[index] >> 3 & 7));
            text[(index * 3) + 2] = (byte)('0' + (value[index] & 7));
        }
        return text;
    }

    private static byte[] Decimal(byte[] value)
    {
        var text = new byte[value.Length * 3];
        var end = 0;
        foreach (var item in value)
        {
            _ = Utf8Formatter.TryFormat(item, text.AsSpan(end), out var written);
            end += written;
        }
        return text[..end];
    }
}

/// <param name="Name">For the decode chain of a finding; empty for the value itself.</param>
/// <param name="Text">Lower-case letters and digits.</param>
/// <param name="Part">How many characters of it in a row count as the secret.</param>
internal readonly record struct SecretForm(string Name, byte[] Text, int Part);
