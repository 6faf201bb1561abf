using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Health;

/// <summary>Reading the configuration again, as SIGHUP does.</summary>
internal static class ConfigurationEndpoints
{
    internal static void Map(RouteGroupBuilder api) =>
        api.MapPost("/configuration/reload", Reload)
            .Requires(Permission.HealthWrite)
            .WithTags("Health")
            .Is("reloadConfiguration", "Reads the configuration again; a bad one changes nothing")
            .Gives<ReloadResponse>()
            .FailsWith("configuration_invalid");

    private static IResult Reload(HttpContext context, ConfigurationReload configuration)
    {
        var result = configuration.Reload();
        context.Audit("configuration.reload", result.Errors.Count == 0 ? "ok" : "refused", after: string.Join(' ', result.Applied));
        return result.Errors.Count > 0
            ? Problems.Result(
                422,
                "configuration_invalid",
                "The configuration has errors; the last good one holds.",
                "caisson config check",
                result.Errors
            )
            : Results.Json(new ReloadResponse(result.Applied, result.NeedRestart), AccessJson.Default.ReloadResponse);
    }
}
