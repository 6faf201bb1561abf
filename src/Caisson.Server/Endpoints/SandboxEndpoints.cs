using Caisson.Api;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Server.Endpoints;

/// <summary>Plans, sandboxes and their processes.</summary>
internal static class SandboxEndpoints
{
    /// <summary>All of it needs <see cref="Permission.SandboxesAll"/>: plans take policies and directories of this machine from the caller.</summary>
    internal static void Map(RouteGroupBuilder routes)
    {
        var api = routes.MapGroup("").Requires(Permission.SandboxesAll);
        api.MapPost(
            "/plans",
            async (RunRequest request, SandboxService service, CancellationToken cancellation) =>
                await service.PlanAsync(Own(request), cancellation)
        );
        api.MapGet("/sandboxes", (SandboxService service) => new SandboxList(service.List()));
        api.MapPost(
            "/sandboxes",
            async (RunRequest request, SandboxService service, CancellationToken cancellation) =>
                await service.RunAsync(Own(request), cancellation)
        );
        api.MapGet("/sandboxes/{id}", (string id, SandboxService service) => service.Get(id));
        api.MapDelete(
            "/sandboxes/{id}",
            async (string id, SandboxService service, CancellationToken cancellation) => await service.RemoveAsync(id, cancellation)
        );
        api.MapPost(
            "/sandboxes/{id}/stop",
            async (string id, SandboxService service, CancellationToken cancellation) => await service.StopAsync(id, cancellation)
        );
        api.MapGet(
            "/sandboxes/{id}/plan",
            async (string id, SandboxService service, CancellationToken cancellation) => await service.ResumePlanAsync(id, cancellation)
        );
        api.MapPost(
            "/sandboxes/{id}/resume",
            async (string id, ResumeRequest request, SandboxService service, CancellationToken cancellation) =>
                await service.ResumeAsync(id, request, cancellation)
        );
        api.MapGet(
            "/sandboxes/{id}/finished",
            async (string id, SandboxService service, CancellationToken cancellation) => await service.FinishedAsync(id, cancellation)
        );
        api.MapPost(
            "/sandboxes/{id}/processes",
            async (string id, ProcessRequest request, SandboxService service, CancellationToken cancellation) =>
                await service.StartProcessAsync(id, request, cancellation)
        );
        api.MapGet("/sandboxes/{id}/processes/{process:int}/stream", StreamEndpoint.HandleAsync);
        api.MapGet(
            "/sandboxes/{id}/logs",
            (string id, int? limit, SandboxService service) => new LogResponse(service.Logs(id, Math.Clamp(limit ?? 200, 1, 1000)))
        );
        api.MapGet(
            "/sandboxes/{id}/patch",
            async (string id, SandboxService service, CancellationToken cancellation) => await service.PatchAsync(id, cancellation)
        );
    }

    /// <summary>Sandboxes of workspaces are the server's to make: a request that claims one would pass by its workspace's rights.</summary>
    private static RunRequest Own(RunRequest request) =>
        request.Resident is null
            ? request
            : throw new SandboxException("invalid_request", "resident: this is set by the server alone.", "POST /api/v1/workspaces");
}
