using System.Globalization;

namespace Caisson.Storage;

/// <summary>Times as both databases hold them: UTC in ISO 8601 with seven decimals, so that order of text is order of time.</summary>
public static class Timestamp
{
    public static string Format(DateTimeOffset value) => value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">Not written by <see cref="Format"/>, nor by an earlier version.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
