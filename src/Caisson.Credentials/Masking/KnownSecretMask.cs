using System.Buffers;
using System.Text;

namespace Caisson.Credentials.Masking;

/// <summary>
/// Replaces known secrets in a text by <c>***</c>: as they are, in base64 at its three shifts and both alphabets, URL, form, JSON, hexadecimal and
/// shell forms, and each longer line of a secret of several lines. Immutable and thread-safe.
/// </summary>
public sealed class KnownSecretMask
{
    // Shorter ones stand in ordinary text by chance, and a log of stars helps nobody.
    private const int ShortestSecret = 4;
    private const int ShortestForm = 8;

    private readonly string[] forms;
    private readonly SearchValues<string>? search;
    private readonly string[] byteForms;
    private readonly SearchValues<string>? byteSearch;

    public KnownSecretMask(IEnumerable<Secret> secrets)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var secret in secrets)
        {
            var text = secret.Reveal();
            if (text.Length >= ShortestSecret)
                all.Add(text);
            all.UnionWith(SecretForms.Of(secret.RevealBytes()).Where(form => form.Length >= ShortestForm));
        }
        forms = [.. all.OrderByDescending(form => form.Length)];
        search = forms.Length == 0 ? null : SearchValues.Create(forms, StringComparison.Ordinal);
        byteForms =
        [
            .. forms.Select(form => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(form))).OrderByDescending(form => form.Length),
        ];
        byteSearch = search is null ? null : SearchValues.Create(byteForms, StringComparison.Ordinal);
    }

    /// <summary>A mask that knows nothing.</summary>
    public static KnownSecretMask None { get; } = new([]);

    /// <summary>The text without any known secret; the same string where it holds none.</summary>
    public string Mask(string text) => Mask(text, forms, search);

    /// <summary>As <see cref="Mask(string)"/>, of a text that has one character for each byte.</summary>
    internal string MaskBytes(string text) => Mask(text, byteForms, byteSearch);

    /// <summary>How many characters at the end of such a text may begin a secret that goes on in the next.</summary>
    internal int BeginningAtEnd(string text)
    {
        var longest = Math.Min(text.Length, byteForms.Length == 0 ? 0 : byteForms[0].Length - 1);
        for (var length = longest; length > 0; length--)
        {
            var end = text.AsSpan(text.Length - length);
            foreach (var form in byteForms)
            {
                if (form.Length > length && form.AsSpan().StartsWith(end, StringComparison.Ordinal))
                    return length;
            }
        }
        return 0;
    }

    private static string Mask(string text, string[] forms, SearchValues<string>? search)
    {
        if (search is null)
            return text;
        var at = text.AsSpan().IndexOfAny(search);
        if (at < 0)
            return text;
        var masked = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        for (; at >= 0; at = rest.IndexOfAny(search))
        {
            masked.Append(rest[..at]).Append("***");
            rest = rest[(at + LongestAt(rest[at..], forms))..];
        }
        return masked.Append(rest).ToString();
    }

    /// <summary>Whether the text holds a known secret in any form.</summary>
    public bool Finds(string text) => search is not null && text.AsSpan().ContainsAny(search);

    private static int LongestAt(ReadOnlySpan<char> text, string[] forms)
    {
        foreach (var form in forms)
        {
            if (text.StartsWith(form, StringComparison.Ordinal))
                return form.Length;
        }
        return 1;
    }
}
