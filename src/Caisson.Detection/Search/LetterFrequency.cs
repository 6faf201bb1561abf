namespace Caisson.Detection.Search;

/// <summary>How often a byte stands in source text and JSON, roughly: enough to choose the part of a keyword that is seldom met by chance.</summary>
internal static class LetterFrequency
{
    // From most to least often in English and identifiers; what is not named here is rarer than all of it.
    private const string Order = "etaoinsrlhdcumpfgbyw.,_-/v0k12\"=:x3456789jqz";

    private static readonly double[] Logs = Build();

    /// <summary>Larger where the byte is more frequent.</summary>
    internal static double Log(byte value) => Logs[value];

    private static double[] Build()
    {
        var logs = new double[256];
        for (var rank = 0; rank < Order.Length; rank++)
            logs[Order[rank]] = Math.Log(1 + ((double)Order.Length / (rank + 1)));
        return logs;
    }
}
