using System.Buffers;
using System.Text;

namespace Caisson.Policy.Decisions.Paths;

/// <summary>
/// A path in the one form that is both judged and forwarded (RFC 3986 section 6.2.2: unreserved escapes decoded, the rest upper case; dot segments
/// removed; runs of slashes joined). What two servers could read as two different paths is refused.
/// </summary>
/// <param name="Forward">Percent-encoded, for the wire.</param>
/// <param name="Decoded">All escapes decoded once: what rules are compared with, so that <c>/a%21</c> and <c>/a!</c> are one path.</param>
/// <param name="Problem">Why the path is ambiguous, in words, or null.</param>
internal readonly record struct NormalPath(string Forward, string Decoded, string? Problem)
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,=:@/"
    );

    private static readonly UTF8Encoding Strict = new(false, true);

    public static NormalPath Of(string path)
    {
        if (path is "" or "*")
            return path.Length == 0 ? new NormalPath("/", "/", null) : new NormalPath("*", "*", null);
        if (path[0] != '/')
            return Refused("does not start with '/'");
        var simple =
            !path.AsSpan().ContainsAnyExcept(Harmless)
            && !path.Contains("//", StringComparison.Ordinal)
            && !path.Contains("/.", StringComparison.Ordinal);
        return simple ? new NormalPath(path, path, null) : Rebuild(path);
    }

    private static NormalPath Rebuild(string path)
    {
        var encoded = new StringBuilder(path.Length + 16);
        if (Escape(path, encoded) is { } problem)
            return Refused(problem);
        var forward = RemoveDotSegments(encoded.ToString(), out problem);
        if (problem is not null)
            return Refused(problem);
        return TryDecode(forward, out var decoded) ? new NormalPath(forward, decoded, null) : Refused("is not valid UTF-8");
    }

    private static NormalPath Refused(string problem) => new("", "", problem);

    private static string? Escape(string path, StringBuilder output)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var index = 0; index < path.Length; index++)
        {
            var character = path[index];
            if (character == '%')
            {
                if (Escaped(path, index, output) is { } problem)
                    return problem;
                index += 2;
                continue;
            }
            if (character is '\\')
                return "holds a backslash";
            if (character is '?' or '#' or < ' ' or '\u007f')
                return "holds a character that no path has";
            if (Harmless.Contains(character) || character == ';')
            {
                output.Append(character);
                continue;
            }
            if (!Rune.TryGetRuneAt(path, index, out var rune))
                return "is not valid Unicode";
            var length = rune.EncodeToUtf8(utf8);
            foreach (var unit in utf8[..length])
                output.Append('%').Append(unit.ToString("X2"));
            index += rune.Utf16SequenceLength - 1;
        }
        return null;
    }

    private static string? Escaped(string path, int index, StringBuilder output)
    {
        if (!TryByte(path, index, out var unit))
            return "holds a '%' that starts no escape";
        switch (unit)
        {
            case 0:
                return "holds an encoded NUL";
            case (byte)'/':
                return "holds an encoded slash";
            case (byte)'\\':
                return "holds an encoded backslash";
            // A server that decodes twice would see a separator or a dot segment that was not judged.
            case (byte)'%' when index + 5 <= path.Length && IsDoubleEscape(path.AsSpan(index + 3, 2)):
                return "holds a doubly encoded separator or dot";
        }
        if (char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            output.Append((char)unit);
        else
            output.Append('%').Append(unit.ToString("X2"));
        return null;
    }

    private static bool IsDoubleEscape(ReadOnlySpan<char> digits) =>
        digits.Equals("2f", StringComparison.OrdinalIgnoreCase)
        || digits.Equals("5c", StringComparison.OrdinalIgnoreCase)
        || digits.Equals("2e", StringComparison.OrdinalIgnoreCase)
        || digits is "25" or "00";

    private static string RemoveDotSegments(string path, out string? problem)
    {
        problem = null;
        var kept = new List<string>();
        var segments = path.Split('/');
        var trailing = false;
        for (var index = 1; index < segments.Length; index++)
        {
            var segment = segments[index];
            trailing = segment is "" or "." or "..";
            if (segment is "..")
            {
                if (kept.Count > 0)
                    kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                // Some servers drop ";parameters" before they resolve dots.
                if (
                    segment.Contains(';', StringComparison.Ordinal)
                    && segment.AsSpan()[..segment.IndexOf(';', StringComparison.Ordinal)] is "." or ".." or ""
                )
                {
                    problem = "holds a dot segment or empty segment with parameters";
                    return "";
                }
                kept.Add(segment);
            }
        }
        var joined = string.Concat("/", string.Join('/', kept));
        return trailing && kept.Count > 0 ? joined + "/" : joined;
    }

    private static bool TryDecode(string forward, out string decoded)
    {
        decoded = forward;
        if (!forward.Contains('%', StringComparison.Ordinal))
            return true;
        var bytes = new byte[forward.Length];
        var length = 0;
        for (var index = 0; index < forward.Length; index++)
        {
            if (forward[index] == '%' && TryByte(forward, index, out var unit))
            {
                bytes[length++] = unit;
                index += 2;
            }
            else
            {
                bytes[length++] = (byte)forward[index];
            }
        }
        try
        {
            decoded = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool TryByte(string text, int index, out byte value)
    {
        value = 0;
        if (index + 2 >= text.Length || !char.IsAsciiHexDigit(text[index + 1]) || !char.IsAsciiHexDigit(text[index + 2]))
            return false;
        value = (byte)(Convert.ToInt32(text.Substring(index + 1, 2), 16));
        return true;
    }
}
