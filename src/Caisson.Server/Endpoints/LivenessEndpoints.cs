using Caisson.Server.Access;
using Caisson.Server.Documentation;

namespace Caisson.Server.Endpoints;

/// <summary>Whether it lives, and whether it wants requests: for balancers, which know nobody.</summary>
internal static class LivenessEndpoints
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Server").Public();
        foreach (var (path, id) in new[] { ("/healthz", "healthz"), ("/livez", "livez") })
            group.MapGet(path, () => "ok\n").Is(id, "Says ok while the server lives").GivesText();
        group
            .MapGet("/readyz", Ready)
            .Is("readyz", "Says ok while the server wants requests; 503 from the first word of a stop")
            .GivesText()
            .GivesText(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Not ready from the first word of a stop: a balancer sends nobody here any more.</summary>
    private static IResult Ready(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.IsCancellationRequested ? Results.Text("stopping\n", statusCode: 503) : Results.Text("ok\n");
}
