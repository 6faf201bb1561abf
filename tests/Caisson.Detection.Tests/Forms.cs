using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Caisson.Detection.Tests;

/// <summary>The ways in which a value may be written that detection claims to see through; each from bytes to bytes.</summary>
internal static class Forms
{
    internal static readonly IReadOnlyDictionary<string, Func<byte[], byte[]>> All = new Dictionary<string, Func<byte[], byte[]>>(
        StringComparer.Ordinal
    )
    {
        ["raw"] = value => value,
        ["base64"] = value => Ascii(Convert.ToBase64String(value)),
        ["base64 after one byte"] = value => Ascii(Convert.ToBase64String([7, .. value])),
        ["base64 after two bytes"] = value => Ascii(Convert.ToBase64String([200, 3, .. value])),
        ["base64 for URLs, unpadded"] = value => Base64Url.EncodeToUtf8(value),
        ["base64 in lines"] = value => Ascii(Convert.ToBase64String(value, Base64FormattingOptions.InsertLineBreaks)),
        ["base32"] = value => Ascii(Base32(value)),
        ["hex"] = value => Ascii(Convert.ToHexStringLower(value)),
        ["hex in upper case"] = value => Ascii(Convert.ToHexString(value)),
        ["hex with colons"] = value => Ascii(string.Join(':', value.Select(item => item.ToString("x2", CultureInfo.InvariantCulture)))),
        ["hex with spaces"] = value => Ascii(string.Join(' ', value.Select(item => item.ToString("X2", CultureInfo.InvariantCulture)))),
        ["percent"] = value => Ascii(string.Concat(value.Select(item => "%" + item.ToString("X2", CultureInfo.InvariantCulture)))),
        ["percent, every third"] = value =>
            Ascii(
                string.Concat(
                    value.Select(
                        (item, index) =>
                            index % 3 == 0 || item >= 0x80
                                ? "%" + item.ToString("x2", CultureInfo.InvariantCulture)
                                : ((char)item).ToString()
                    )
                )
            ),
        ["JSON escapes"] = value =>
            Ascii(
                string.Concat(
                    Encoding.UTF8.GetString(value).Select(item => "\\u" + ((int)item).ToString("x4", CultureInfo.InvariantCulture))
                )
            ),
        ["C escapes"] = value => Ascii(string.Concat(value.Select(item => "\\x" + item.ToString("x2", CultureInfo.InvariantCulture)))),
        ["octal escapes"] = value => Ascii(string.Concat(value.Select(item => "\\" + Convert.ToString(item, 8).PadLeft(3, '0')))),
        ["decimal references"] = value => Ascii(string.Concat(Encoding.UTF8.GetString(value).Select(item => $"&#{(int)item};"))),
        ["hexadecimal references"] = value =>
            Ascii(
                string.Concat(
                    Encoding.UTF8.GetString(value).Select(item => "&#x" + ((int)item).ToString("x", CultureInfo.InvariantCulture) + ";")
                )
            ),
        ["quoted-printable"] = value => Ascii(string.Concat(value.Select(item => "=" + item.ToString("X2", CultureInfo.InvariantCulture)))),
        ["UTF-16"] = value => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(value)),
        ["UTF-16, big end first"] = value => Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(value)),
        ["reversed"] = value => Encoding.UTF8.GetBytes(string.Concat(Runes(value).AsEnumerable().Reverse())),
        ["with hyphens"] = value => Between(value, "-"),
        ["with spaces"] = value => Between(value, " "),
        ["with line ends"] = value => Between(value, "\r\n"),
        ["as strings of a list"] = value => Between(value, "\",\""),
        ["in upper case"] = value => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value).ToUpperInvariant()),
        ["in lower case"] = value => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value).ToLowerInvariant()),
        ["full width"] = value =>
            Encoding.UTF8.GetBytes(
                string.Concat(
                    Encoding.UTF8.GetString(value).Select(item => item is > ' ' and < '\x7F' ? (char)(item - '!' + 0xFF01) : item)
                )
            ),
        ["with zero-width spaces"] = value => Between(value, "\u200B"),
    };

    private static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Between(byte[] value, string separator) => Encoding.UTF8.GetBytes(string.Join(separator, Runes(value)));

    // Of text its characters, not the bytes that they are made of.
    private static List<string> Runes(byte[] value) => [.. Encoding.UTF8.GetString(value).EnumerateRunes().Select(rune => rune.ToString())];

    private static string Base32(byte[] value)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new StringBuilder();
        var bits = 0;
        var have = 0;
        foreach (var item in value)
        {
            bits = (bits << 8) | item;
            have += 8;
            while (have >= 5)
            {
                have -= 5;
                text.Append(Alphabet[bits >> have & 31]);
            }
            bits &= (1 << have) - 1;
        }
        if (have > 0)
            text.Append(Alphabet[bits << (5 - have) & 31]);
        return text.ToString();
    }
}
