using Caisson.Api;
using Caisson.Identity;
using Caisson.Sandboxes.Doctor;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Health;

/// <summary>The health page's data: the same as <c>caisson doctor</c>'s, and what only the server knows.</summary>
internal static class HealthEndpoints
{
    private const int LongestReason = 200;
    private const int MostHours = 720;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Health");
        api.MapGet("/health", (HttpContext context, HealthChecks checks) => Answer(context, checks, again: false))
            .SignedIn()
            .Is("getHealth", "How the installation is; without health:read what is checked and how it is, and nothing of the machine")
            .Gives<HealthCheckPage>();
        api.MapPost("/health/check", (HttpContext context, HealthChecks checks) => Answer(context, checks, again: true))
            .Requires(Permission.HealthWrite)
            .Is("checkHealth", "Checks again, at once")
            .Gives<HealthCheckPage>();
        api.MapPut("/health/{check}/mute", Mute)
            .Requires(Permission.HealthWrite)
            .Is("muteCheck", "Mutes a check for a time, with a reason")
            .Gives<HealthCheckResponse>();
        api.MapDelete("/health/{check}/mute", Unmute)
            .Requires(Permission.HealthWrite)
            .Is("unmuteCheck", "Takes a mute back")
            .Gives<HealthCheckResponse>();
    }

    private static IResult Answer(HttpContext context, HealthChecks checks, bool again)
    {
        var (time, findings) = checks.Look(again);
        var mutes = checks.Mutes.All();
        var told = context.RequestServices.GetRequiredService<IAccess>().Decide(context.Subject(), Permission.HealthRead, null).Allowed;
        var items = findings
            .Select(finding =>
                told
                    ? Check(finding, mutes)
                    : new HealthCheckResponse
                    {
                        Code = finding.Code,
                        Severity = Text(finding),
                        Title = HealthChecks.Title(finding.Code),
                    }
            )
            .ToList();
        var worst = findings
            .Where(finding => !mutes.ContainsKey(finding.Code))
            .Select(finding => finding.Severity)
            .DefaultIfEmpty(Severity.Ok)
            .Max();
        return Results.Json(new HealthCheckPage(items, null, items.Count, Text(worst), time), AccessJson.Default.HealthCheckPage);
    }

    private static IResult Mute(string check, HealthMuteRequest request, HttpContext context, HealthChecks checks, TimeProvider time)
    {
        if (Find(checks, check) is not { } finding)
            return AccessAnswers.NotFound();
        var errors = new List<string>();
        if (request.Reason.Trim().Length is 0 or > LongestReason || request.Reason.Any(char.IsControl))
            errors.Add($"reason: 1 to {LongestReason} characters on one line are expected.");
        if (request.Hours is < 1 or > MostHours)
            errors.Add($"hours: 1 to {MostHours} are expected.");
        if (finding.Severity == Severity.Ok)
            errors.Add("check: it is green, so there is nothing to mute.");
        if (errors.Count > 0)
            return Problems.Result(422, "invalid_request", "The check can't be muted like this.", errors: errors);
        var until = time.GetUtcNow() + TimeSpan.FromHours(request.Hours ?? 24);
        context.Audit("health.muted", "ok", check, request.Reason);
        checks.Mutes.Set(check, new HealthMuteResponse(until, request.Reason, context.Subject().UserId));
        return Shown(checks, finding);
    }

    private static IResult Unmute(string check, HttpContext context, HealthChecks checks)
    {
        if (Find(checks, check) is not { } finding || !checks.Mutes.Set(check, null))
            return AccessAnswers.NotFound();
        context.Audit("health.unmuted", "ok", check);
        return Shown(checks, finding);
    }

    private static Finding? Find(HealthChecks checks, string code) =>
        checks.Look(again: false).Findings.FirstOrDefault(finding => finding.Code == code);

    private static IResult Shown(HealthChecks checks, Finding finding) =>
        Results.Json(Check(finding, checks.Mutes.All()), AccessJson.Default.HealthCheckResponse);

    private static HealthCheckResponse Check(Finding finding, IReadOnlyDictionary<string, HealthMuteResponse> mutes) =>
        new()
        {
            Code = finding.Code,
            Severity = Text(finding),
            Title = HealthChecks.Title(finding.Code),
            Value = finding.Value,
            Cause = finding.Message,
            Fix = finding.Fix,
            Muted = mutes.GetValueOrDefault(finding.Code),
        };

    private static string Text(Finding finding) => Text(finding.Severity);

    private static string Text(Severity severity) =>
        severity switch
        {
            Severity.Ok => "green",
            Severity.Warning => "amber",
            _ => "red",
        };
}
