using System.Globalization;
using System.Text.Json;

namespace Caisson.Bench.Detection;

/// <param name="Goal">In the same unit: at least for MB/s, at most for everything else; null for none.</param>
internal sealed record Figure(string What, double Value, string Unit, double? Goal = null)
{
    internal static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>Null without a goal.</summary>
    public bool? Met =>
        Goal is not { } goal ? null
        : Unit == "MB/s" ? Value >= goal
        : Value <= goal;

    public override string ToString()
    {
        var value = Value.ToString(Value < 10 ? "F2" : "F0", CultureInfo.InvariantCulture);
        var goal = Goal is null ? "" : $"   goal {Goal.Value.ToString(CultureInfo.InvariantCulture)}: {(Met == true ? "met" : "NOT met")}";
        return $"{What, -48} {value, 10} {Unit, -5}{goal}";
    }
}
