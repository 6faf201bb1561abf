using Caisson.Api;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Server.Endpoints;

/// <summary>Plans, sandboxes and their processes.</summary>
internal static class SandboxEndpoints
{
    /// <summary>All of it needs <see cref="Permission.SandboxesAll"/>: plans take policies and directories of this machine from the caller.</summary>
    private static readonly string[] Planning =
    [
        "unknown_agent",
        "unknown_policy",
        "unknown_credential",
        "policy_invalid",
        "not_supported",
        "credential_missing",
        "agent_not_installed",
        "git_failed",
        "state_conflict",
        "isolation_unavailable",
        "limits_unavailable",
    ];

    private static readonly string[] Launching =
    [
        .. Planning,
        "plan_changed",
        "limit",
        "isolation_unverified",
        "sandbox_not_ready",
        "launch_failed",
        "home_gone",
        "disconnected",
    ];

    internal static void Map(RouteGroupBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Sandboxes").Requires(Permission.SandboxesAll);
        api.MapPost(
                "/plans",
                async (RunRequest request, SandboxService service, CancellationToken cancellation) =>
                    await service.PlanAsync(Own(request), cancellation)
            )
            .Is("planSandbox", "What a sandbox would be, without making it")
            .FailsWith(Planning);
        api.MapGet("/sandboxes", (SandboxService service) => new SandboxList(service.List()))
            .Is("listSandboxes", "Lists sandboxes, newest first");
        api.MapPost(
                "/sandboxes",
                async (RunRequest request, SandboxService service, CancellationToken cancellation) =>
                    await service.RunAsync(Own(request), cancellation)
            )
            .Is("runSandbox", "Starts a sandbox and its program")
            .FailsWith(Launching);
        api.MapGet("/sandboxes/{id}", (string id, SandboxService service) => service.Get(id))
            .Is("getSandbox", "Shows a sandbox")
            .FailsWith("unknown_sandbox");
        api.MapDelete(
                "/sandboxes/{id}",
                async (string id, SandboxService service, CancellationToken cancellation) => await service.RemoveAsync(id, cancellation)
            )
            .Is("removeSandbox", "Stops a sandbox and removes it with its files")
            .FailsWith("unknown_sandbox", "state_conflict", "stop_failed", "disconnected");
        api.MapPost(
                "/sandboxes/{id}/stop",
                async (string id, SandboxService service, CancellationToken cancellation) => await service.StopAsync(id, cancellation)
            )
            .Is("stopSandbox", "Stops a sandbox and keeps its files")
            .FailsWith("unknown_sandbox", "state_conflict", "stop_failed", "disconnected");
        api.MapGet(
                "/sandboxes/{id}/plan",
                async (string id, SandboxService service, CancellationToken cancellation) => await service.ResumePlanAsync(id, cancellation)
            )
            .Is("planResume", "What a resumed sandbox would be")
            .FailsWith(Planning)
            .FailsWith("unknown_sandbox");
        api.MapPost(
                "/sandboxes/{id}/resume",
                async (string id, ResumeRequest request, SandboxService service, CancellationToken cancellation) =>
                    await service.ResumeAsync(id, request, cancellation)
            )
            .Is("resumeSandbox", "Starts a stopped sandbox again")
            .FailsWith(Launching)
            .FailsWith("unknown_sandbox");
        api.MapGet(
                "/sandboxes/{id}/finished",
                async (string id, SandboxService service, CancellationToken cancellation) => await service.FinishedAsync(id, cancellation)
            )
            .Is("finishSandbox", "Waits for the end of its program and says what is kept")
            .FailsWith("unknown_sandbox", "state_conflict", "stop_failed", "disconnected");
        api.MapPost(
                "/sandboxes/{id}/processes",
                async (string id, ProcessRequest request, SandboxService service, CancellationToken cancellation) =>
                    await service.StartProcessAsync(id, request, cancellation)
            )
            .Is("startProcess", "Runs another command in a sandbox")
            .FailsWith("state_conflict", "no_directory", "bad_request", "not_executable", "start_failed", "disconnected", "limit")
            .FailsWith("unknown_sandbox");
        api.MapGet("/sandboxes/{id}/processes/{process:int}/stream", StreamEndpoint.HandleAsync)
            .Is("attachProcess", "A process as a WebSocket, as `caisson attach` uses it")
            .GivesWebSocket()
            .FailsWith("state_conflict", "unknown_process", "no_such_process", "disconnected")
            .FailsWith("unknown_sandbox");
        api.MapGet(
                "/sandboxes/{id}/logs",
                (string id, int? limit, SandboxService service) => new LogResponse(service.Logs(id, Math.Clamp(limit ?? 200, 1, 1000)))
            )
            .Is("readLogs", "Stages, warnings, and every request that was refused")
            .FailsWith("unknown_sandbox");
        api.MapGet(
                "/sandboxes/{id}/patch",
                async (string id, SandboxService service, CancellationToken cancellation) => await service.PatchAsync(id, cancellation)
            )
            .Is("getPatch", "The work in a clone or copy as a patch")
            .FailsWith("state_conflict", "git_failed", "patch_invalid", "not_supported", "disconnected")
            .FailsWith("unknown_sandbox");
    }

    /// <summary>Sandboxes of workspaces are the server's to make: a request that claims one would pass by its workspace's rights.</summary>
    private static RunRequest Own(RunRequest request) =>
        request.Resident is null
            ? request
            : throw new SandboxException("invalid_request", "resident: this is set by the server alone.", "POST /api/v1/workspaces");
}
