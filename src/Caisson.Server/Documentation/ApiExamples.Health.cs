using Caisson.Api;

namespace Caisson.Server.Documentation;

/// <summary>Messages of health.</summary>
internal static partial class ApiExamples
{
    private static IEnumerable<(Type Type, object Value)> OfHealth()
    {
        var check = new HealthCheckResponse
        {
            Code = "disk.low",
            Severity = "amber",
            Title = "Disk space",
            Value = "900 MiB",
            Cause = "900 MiB are free below /home/you/.caisson.",
            Fix = "Free disk space, or set CAISSON_HOME to a larger disk.",
            Muted = new HealthMuteResponse(Time.AddDays(1), "a larger disk comes tomorrow", User),
        };
        yield return (typeof(HealthCheckResponse), check);
        yield return (typeof(HealthCheckPage), new HealthCheckPage([check], null, 1, "green", Time));
        yield return (typeof(ReloadResponse), new ReloadResponse(["log.level"], ["server.listen"]));
        yield return (typeof(HealthMuteRequest), new HealthMuteRequest("a larger disk comes tomorrow", 24));
    }
}
