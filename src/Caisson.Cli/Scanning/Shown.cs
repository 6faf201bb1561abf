using System.Globalization;
using System.Text;

namespace Caisson.Cli.Scanning;

/// <summary>Names that somebody else chose, as they may be shown in a terminal: without signs that move the cursor or turn the line round.</summary>
internal static class Shown
{
    internal static string Of(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            shown.Append(
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    ? "?"
                    : rune.ToString()
            );
        }
        return shown.ToString();
    }
}
