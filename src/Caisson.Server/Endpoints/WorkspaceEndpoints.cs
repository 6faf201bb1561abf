using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Storage;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>Workspaces: what there is, what is wished of them, who may use them.</summary>
internal static class WorkspaceEndpoints
{
    private const int LongestKey = 200;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Workspaces");
        api.MapGet("/workspaces", List)
            .Requires(Permission.WorkspacesRead)
            .Is("listWorkspaces", "Lists the workspaces that one may see, newest first")
            .Gives<WorkspacePage>();
        api.MapPost("/workspaces", Create)
            .Requires(Permission.WorkspacesCreate)
            .Is("createWorkspace", "Makes a workspace from a template and starts it")
            .ReadsHeader("Idempotency-Key", "Makes a repeated request give the same answer, for 24 hours.", "4f6c0e")
            .Gives<CreatedResponse>()
            .Gives<CreatedResponse>(202)
            .FailsWith(
                "unknown_template",
                "template_invalid",
                "invalid_parameters",
                "name_taken",
                "idempotency_mismatch",
                "not_found",
                "unknown_policy",
                "policy_invalid"
            );
        api.MapGet("/workspaces/{id}", Get)
            .Requires(Permission.WorkspacesRead)
            .Is("getWorkspace", "Shows a workspace")
            .HasVersion()
            .Gives<WorkspaceResponse>();
        api.MapPatch("/workspaces/{id}", Change)
            .Requires(Permission.WorkspacesWrite)
            .Is("changeWorkspace", "Gives a workspace another title or name")
            .NeedsVersion()
            .Gives<WorkspaceResponse>()
            .FailsWith("name_taken", "state_conflict");
        api.MapDelete("/workspaces/{id}", DeleteAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("deleteWorkspace", "Deletes a workspace; its home is kept for 7 days")
            .Gives<JobAccepted>(202)
            .FailsWith("invalid_transition", "state_conflict");
        api.MapPost("/workspaces/{id}/start", StartAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("startWorkspace", "Starts a workspace")
            .Gives<JobAccepted>(202)
            .FailsWith("invalid_transition", "state_conflict", "home_gone");
        api.MapPost("/workspaces/{id}/stop", StopAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("stopWorkspace", "Ends all programs of a workspace and keeps its home")
            .Gives<JobAccepted>(202)
            .FailsWith("invalid_transition", "state_conflict");
        api.MapPost("/workspaces/{id}/restart", RestartAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("restartWorkspace", "Stops a workspace and starts it again")
            .Gives<JobAccepted>(202)
            .FailsWith("invalid_transition", "state_conflict");
        api.MapGet("/workspaces/{id}/why", Why)
            .Requires(Permission.WorkspacesRead)
            .Is("explainWorkspace", "Who or what brought a workspace into its state")
            .Gives<WhyResponse>();
        api.MapGet("/workspaces/{id}/shares", Shares)
            .Requires(Permission.WorkspacesRead)
            .Is("listShares", "Lists who else may come into a workspace, by name")
            .Gives<IReadOnlyList<ShareResponse>>();
        api.MapPut("/workspaces/{id}/shares/{user}", Share)
            .Requires(Permission.WorkspacesShare)
            .Is("shareWorkspace", "Gives somebody a right in a workspace")
            .HasVersion()
            .Gives<WorkspaceResponse>();
        api.MapDelete("/workspaces/{id}/shares/{user}", Unshare)
            .Requires(Permission.WorkspacesShare)
            .Is("unshareWorkspace", "Takes somebody's right in a workspace back")
            .HasVersion()
            .Gives<WorkspaceResponse>();
    }

    private static IResult List(
        string? q,
        string? owner,
        int? limit,
        string? cursor,
        bool? deleted,
        HttpContext context,
        WorkspaceService service,
        WorkspaceViews views,
        TimeProvider time
    )
    {
        var size = Paging.Limit(limit);
        if ((q + owner).Contains('\0', StringComparison.Ordinal))
            return Problems.Result(422, "invalid_request", "q, owner: a NUL character is in it.");
        var subject = context.Subject();
        // Somebody who reads everywhere reads everything; others their own and what is shared with them.
        var everywhere = context.May(Permission.WorkspacesRead, new Resource("workspace", null, null, null));
        var search = WorkspaceSearch.Read(
            q ?? "",
            subject.UserId,
            () => service.Templates.List().Templates.ToDictionary(template => template.Manifest.Name, template => template.Hash),
            time.GetUtcNow()
        );
        var (items, total) = service.Store.List(
            everywhere ? null : subject.UserId,
            owner,
            text: null,
            Paging.Read(cursor),
            size + 1,
            deleted == true,
            search.Filter
        );
        var page = items.Take(size).ToList();
        var next = items.Count > size ? Paging.Cursor(Timestamp.Format(page[^1].Created), page[^1].Id) : null;
        return Results.Json(new WorkspacePage(views.Workspaces(page), next, total, search.BadTerms), WorkspaceJson.Default.WorkspacePage);
    }

    private static IResult Create(
        NewWorkspaceRequest request,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestKey)
            return Problems.Result(422, "invalid_request", $"Idempotency-Key: at most {LongestKey} characters are expected.");
        var subject = context.Subject();
        var owner = request.Owner ?? subject.UserId;
        if (
            owner != subject.UserId
            && context.Authorize(Permission.WorkspacesCreateForOthers, new Resource("workspace", null, owner, null)) is { } no
        )
            return no;
        if (identity.Users.Find(owner) is not { Disabled: null } user)
            return Problems.Result(422, "invalid_request", "owner: there is no such person.");
        var made = service.Create(OwnSettings.Person(identity, user), subject.UserId, request, key.Length == 0 ? null : key);
        var body = new CreatedResponse(views.Workspace(made.Workspace), made.Job is { } job ? views.Job(job) : null, made.Existing);
        if (made.Job is { } begun)
            context.Response.Headers.Location = $"/api/v1/jobs/{begun.Id}";
        if (!made.Existing)
            context.Audit("workspace.create", "ok", $"workspace:{made.Workspace.Id}", actingFor: owner == subject.UserId ? null : owner);
        return Results.Json(body, WorkspaceJson.Default.CreatedResponse, statusCode: made.Existing ? 200 : 202);
    }

    private static IResult Get(string id, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        Refuse(context, service, id, Permission.WorkspacesRead, out var workspace) ?? Shown(context, views, workspace!);

    private static IResult Change(string id, WorkspaceChange request, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (Refuse(context, service, id, Permission.WorkspacesWrite, out var before) is { } no)
            return no;
        var (version, refusal) = EntityTags.Expected(context);
        if (refusal is not null)
            return refusal;
        if (service.Rename(id, request.Title, request.Name, version) is not { } changed)
            return EntityTags.Changed();
        if (changed.Name != before!.Name)
            context.Audit("workspace.rename", "ok", $"workspace:{id}", before: before.Name, after: changed.Name);
        return Shown(context, views, changed);
    }

    private static async Task<IResult> DeleteAsync(
        string id,
        bool? force,
        HttpContext context,
        WorkspaceService service,
        WorkspaceViews views
    )
    {
        if (Refuse(context, service, id, Permission.WorkspacesWrite, out _) is { } no)
            return no;
        var actor = context.Subject().UserId;
        context.Audit("workspace.delete", "ok", $"workspace:{id}", force == true ? "forced" : null);
        return force == true
            ? Accepted(context, new JobAccepted(null, await service.ForceDeleteAsync(id, actor)))
            : Accepted(context, new JobAccepted(views.Job(await service.DeleteAsync(id, actor)), []));
    }

    private static async Task<IResult> StartAsync(string id, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        Refuse(context, service, id, Permission.WorkspacesWrite, out _)
        ?? Accepted(context, new JobAccepted(views.Job(await service.StartAsync(id, context.Subject().UserId)), []));

    private static async Task<IResult> StopAsync(string id, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (Refuse(context, service, id, Permission.WorkspacesWrite, out var workspace) is { } no)
            return no;
        var actor = context.Subject().UserId;
        var reason = workspace!.Owner == actor ? "user" : "admin";
        return Accepted(context, new JobAccepted(views.Job(await service.StopAsync(id, actor, reason)), []));
    }

    private static async Task<IResult> RestartAsync(string id, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        Refuse(context, service, id, Permission.WorkspacesWrite, out _)
        ?? Accepted(context, new JobAccepted(views.Job(await service.RestartAsync(id, context.Subject().UserId)), []));

    private static IResult Why(string id, HttpContext context, WorkspaceService service, IdentityServices identity)
    {
        if (Refuse(context, service, id, Permission.WorkspacesRead, out var workspace) is { } no)
            return no;
        var actor = workspace!.Actor is { } by ? identity.Users.Find(by)?.Name ?? by : null;
        var why = WorkspaceWhy.Of(workspace, actor, service.Uses.Of(workspace), service.Uses.StopsAt(workspace));
        return Results.Json(why, WorkspaceJson.Default.WhyResponse);
    }

    private static IResult Share(
        string id,
        string user,
        ShareRequest request,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        if (Refuse(context, service, id, Permission.WorkspacesShare, out var workspace) is { } no)
            return no;
        if (request.Right is not (WorkspaceRights.Collaborator or WorkspaceRights.Viewer))
            return Problems.Result(422, "invalid_request", "right: collaborator or viewer is expected.");
        if (WorkspaceChangeEndpoints.Person(context, identity, user) is not { Disabled: null } person || person.Id == workspace!.Owner)
            return Problems.Result(422, "invalid_request", "user: somebody else who can sign in is expected.");
        var shared = service.Store.Share(id, person.Id, request.Right)!;
        context.Audit("workspace.share", "ok", $"workspace:{id}", after: $"{person.Id} {request.Right}");
        // Less than before, perhaps: what they have open is asked about again.
        identity.Revocations.Publish(person.Id);
        return Shown(context, views, shared);
    }

    private static IResult Shares(string id, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (Refuse(context, service, id, Permission.WorkspacesRead, out var workspace) is { } no)
            return no;
        var self = context.May(Permission.WorkspacesShare, WorkspaceViews.Resource(workspace!)) ? null : context.Subject().UserId;
        return Results.Json(views.Shares(workspace!, self), WorkspaceJson.Default.IReadOnlyListShareResponse);
    }

    private static IResult Unshare(
        string id,
        string user,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        if (Refuse(context, service, id, Permission.WorkspacesShare, out _) is { } no)
            return no;
        // Also somebody who can't sign in any more.
        user = WorkspaceChangeEndpoints.Person(context, identity, user)?.Id ?? user;
        var shared = service.Store.Share(id, user, right: null)!;
        context.Audit("workspace.unshare", "ok", $"workspace:{id}", before: user);
        identity.Revocations.Publish(user);
        return Shown(context, views, shared);
    }

    /// <summary>The refusal, or null and the workspace.</summary>
    internal static IResult? Refuse(
        HttpContext context,
        WorkspaceService service,
        string id,
        Permission permission,
        out WorkspaceRecord? workspace
    )
    {
        workspace = Identifier.IsValid(id, 'w') ? service.Store.Find(id) : null;
        return context.Authorize(permission, workspace is null ? null : WorkspaceViews.Resource(workspace));
    }

    internal static IResult Shown(HttpContext context, WorkspaceViews views, WorkspaceRecord workspace)
    {
        EntityTags.Set(context, workspace.Version);
        return Results.Json(views.Workspace(workspace), WorkspaceJson.Default.WorkspaceResponse);
    }

    private static IResult Accepted(HttpContext context, JobAccepted accepted)
    {
        if (accepted.Job is { } job)
            context.Response.Headers.Location = $"/api/v1/jobs/{job.Id}";
        return Results.Json(accepted, WorkspaceJson.Default.JobAccepted, statusCode: 202);
    }
}
