using System.Globalization;
using System.Text;

namespace Caisson.Cli.Scanning;

/// <summary>
/// Reads what <c>git diff-tree --stdin --pretty=raw -c -p -U0 --no-prefix --full-index</c> prints. Every line of content begins with a sign of its own, so none
/// can pass for a header.
/// </summary>
internal sealed class DiffReader(Stream input)
{
    internal const string Message = "(message)";

    private readonly LineReader lines = new(input);
    private readonly MemoryStream added = new();
    private readonly Queue<GitPart> ready = new();
    private string commit = "";
    private string file = "";
    private string blob = "";
    private long line;
    private long first;
    private int parents;
    private bool told;

    internal IEnumerable<GitPart> Read()
    {
        while (lines.Next() is { } text)
        {
            Line(text.Span);
            while (ready.TryDequeue(out var part))
                yield return part;
        }
        Flush();
        while (ready.TryDequeue(out var last))
            yield return last;
    }

    private void Line(ReadOnlySpan<byte> text)
    {
        if (parents > 0 && !text.IsEmpty && text[0] is (byte)'+' or (byte)'-' or (byte)' ' or (byte)'\\')
        {
            Content(text);
            return;
        }
        if (file == Message && text.StartsWith("    "u8))
        {
            Append(text[4..]);
            return;
        }
        Flush();
        if (text.StartsWith("commit "u8))
        {
            (commit, file, parents, told) = (Text(text[7..]), Message, 0, false);
            line = 1;
        }
        else if (text.StartsWith("diff "u8))
            (file, blob, parents, told) = (NameOf(text), "", 0, false);
        else if (text.StartsWith("@@"u8))
        {
            parents = text.IndexOfAnyExcept((byte)'@') - 1;
            line = NewLine(text);
        }
        else if (text.StartsWith("index "u8))
            blob = NewBlob(text);
        else if (text.StartsWith("Binary files "u8) && blob.Any(digit => digit != '0'))
            ready.Enqueue(new GitPart(commit, file, 1, [], blob, IsFirst: true));
    }

    // One sign for each parent: only what all of them lack is new.
    private void Content(ReadOnlySpan<byte> text)
    {
        var signs = text[..Math.Min(parents, text.Length)];
        if (text[0] == '\\' || signs.Contains((byte)'-'))
            return;
        if (signs.ContainsAnyExcept((byte)'+'))
        {
            Flush();
            line++;
        }
        else
            Append(text[signs.Length..]);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (added.Length == 0)
            first = line;
        added.Write(text);
        added.WriteByte((byte)'\n');
        line++;
    }

    private void Flush()
    {
        if (added.Length == 0)
            return;
        ready.Enqueue(new GitPart(commit, file, first, added.ToArray(), null, IsFirst: !told));
        told = true;
        added.SetLength(0);
    }

    // "diff --git NAME NAME", "diff --combined NAME"
    private static string NameOf(ReadOnlySpan<byte> header)
    {
        var isCombined = header.StartsWith("diff --combined "u8) || header.StartsWith("diff --cc "u8);
        var rest = header[(header[5..].IndexOf((byte)' ') + 6)..];
        return Unquoted(Text(isCombined ? rest : rest[((rest.Length / 2) + 1)..]));
    }

    // "index OLD..NEW MODE", "index OLD,OLD..NEW"
    private static string NewBlob(ReadOnlySpan<byte> header)
    {
        var rest = header[(header.IndexOf(".."u8) + 2)..];
        var end = rest.IndexOf((byte)' ');
        return Text(end < 0 ? rest : rest[..end]);
    }

    // "@@ -1,2 +3,4 @@"
    private static long NewLine(ReadOnlySpan<byte> header)
    {
        var rest = header[(header.IndexOf((byte)'+') + 1)..];
        var digits = rest[..rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9')];
        return long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    // git writes names with signs and other letters in quotation marks, with C's escapes.
    private static string Unquoted(string name)
    {
        if (name is not ['"', .., '"'])
            return name;
        var bytes = new List<byte>();
        for (var index = 1; index < name.Length - 1; index++)
        {
            if (name[index] != '\\')
                bytes.AddRange(Encoding.UTF8.GetBytes([name[index]]));
            else if (char.IsAsciiDigit(name[++index]))
            {
                bytes.Add((byte)(((name[index] - '0') * 64) + ((name[index + 1] - '0') * 8) + name[index + 2] - '0'));
                index += 2;
            }
            else
                bytes.Add(
                    name[index] switch
                    {
                        'a' => 7,
                        'b' => 8,
                        't' => 9,
                        'n' => 10,
                        'v' => 11,
                        'f' => 12,
                        'r' => 13,
                        var sign => (byte)sign,
                    }
                );
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
