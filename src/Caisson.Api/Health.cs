using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>One check of the installation. Value, cause and fix are for who may read health; others see that there is something.</summary>
public sealed record HealthCheckResponse
{
    /// <summary>Stable: <c>disk.low</c>.</summary>
    public required string Code { get; init; }

    [AllowedValues("green", "amber", "red")]
    public required string Severity { get; init; }

    /// <summary>What is checked.</summary>
    public required string Title { get; init; }

    /// <summary>What was measured.</summary>
    public string? Value { get; init; }
    public string? Cause { get; init; }

    /// <summary>The command or setting that mends it.</summary>
    public string? Fix { get; init; }

    /// <summary>Muted: shown, and not counted in <see cref="HealthCheckPage.Worst"/>.</summary>
    public HealthMuteResponse? Muted { get; init; }
}

/// <param name="By">A person's id.</param>
public sealed record HealthMuteResponse(DateTimeOffset Until, string Reason, string By);

/// <param name="Worst">Of the checks that are not muted.</param>
/// <param name="Checked">When they were made.</param>
public sealed record HealthCheckPage(
    IReadOnlyList<HealthCheckResponse> Items,
    string? Next,
    int Total,
    [property: AllowedValues("green", "amber", "red")] string Worst,
    DateTimeOffset Checked
);

/// <param name="Applied">Keys that hold from now on.</param>
/// <param name="NeedRestart">Keys that have changed and hold after a restart.</param>
public sealed record ReloadResponse(IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart);

/// <param name="Hours">1 to 720; 24 when not said.</param>
public sealed record HealthMuteRequest([property: JsonRequired] string Reason, int? Hours);
