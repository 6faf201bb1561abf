using System.Globalization;

namespace Caisson.Policy.Loading;

/// <summary>Sizes (<c>512MiB</c>, <c>1.5GiB</c>) and times (<c>500ms</c>, <c>8s</c>, <c>2h</c>) as policies write them.</summary>
public static class Units
{
    private static readonly (string Unit, long Bytes)[] Sizes = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    private static readonly (string Unit, TimeSpan Time)[] Times =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>The shortest exact form, for people.</summary>
    public static string Size(long bytes)
    {
        foreach (var (unit, size) in Sizes)
        {
            if (bytes >= size && bytes % size == 0)
                return FormattableString.Invariant($"{bytes / size}{unit}");
        }
        return FormattableString.Invariant($"{bytes} bytes");
    }

    /// <summary>The shortest exact form, for people.</summary>
    public static string Duration(TimeSpan time)
    {
        foreach (var (unit, length) in Enumerable.Reverse(Times))
        {
            if (time >= length && time.Ticks % length.Ticks == 0)
                return FormattableString.Invariant($"{time.Ticks / length.Ticks}{unit}");
        }
        return FormattableString.Invariant($"{time.TotalMilliseconds}ms");
    }

    internal static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        foreach (var (unit, size) in Sizes)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && TryAmount(text[..^unit.Length], out var amount)
                && amount <= long.MaxValue / size
            )
            {
                bytes = (long)(amount * size);
                return true;
            }
        }
        return false;
    }

    internal static bool TryDuration(string text, out TimeSpan time)
    {
        time = default;
        foreach (var (unit, length) in Times)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && TryAmount(text[..^unit.Length], out var amount) && amount < 1_000_000)
            {
                time = TimeSpan.FromTicks((long)(amount * length.Ticks));
                return true;
            }
        }
        return false;
    }

    private static bool TryAmount(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) && text.Length < 16;
}
