using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>A workspace is found by its link, goes to somebody else, is copied, is asked about before it is deleted, and comes back.</summary>
internal static class WorkspaceChangeEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Workspaces");
        api.MapGet("/workspaces/at/{owner}/{name}", At)
            .Requires(Permission.WorkspacesRead)
            .Is("findWorkspace", "Finds a workspace by its owner and name, as links have them")
            .HasVersion()
            .Gives<WorkspaceResponse>();
        api.MapPost("/workspaces/{id}/transfer", Transfer)
            .Requires(Permission.WorkspacesShare)
            .Is("transferWorkspace", "Gives a workspace to somebody else")
            .HasVersion()
            .Gives<WorkspaceResponse>()
            .FailsWith("name_taken", "invalid_transition", "state_conflict");
        api.MapPost("/workspaces/{id}/duplicate", Duplicate)
            .Requires(Permission.WorkspacesCreate)
            .Is("duplicateWorkspace", "Makes a copy of a workspace with its home")
            .Gives<CreatedResponse>(202)
            .FailsWith("name_taken", "invalid_transition", "state_conflict", "home_gone");
        api.MapPost("/workspaces/{id}/extend", Extend)
            .Requires(Permission.TerminalsWrite)
            .Is("extendWorkspace", "Keeps a workspace from stopping for some hours")
            .HasVersion()
            .Gives<WorkspaceResponse>()
            .FailsWith("invalid_transition", "state_conflict");
        api.MapGet("/workspaces/{id}/deletion", DeletionAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("previewDeletion", "What deleting a workspace would take away, and what is kept")
            .Gives<DeletionResponse>()
            .FailsWith("disconnected");
        api.MapPost("/workspaces/{id}/restore", Restore)
            .Requires(Permission.WorkspacesWrite)
            .Is("restoreWorkspace", "Brings a deleted workspace back, while its home is kept")
            .HasVersion()
            .Gives<WorkspaceResponse>()
            .FailsWith("invalid_transition", "home_gone", "name_taken");
    }

    /// <summary>The person with this id or address, or <c>me</c>.</summary>
    internal static User? Person(HttpContext context, IdentityServices identity, string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? null
        : text == "me" ? identity.Users.Find(context.Subject().UserId)
        : identity.Users.Find(text) ?? identity.Users.FindByAddress(EmailAddress.NormaliseUserName(text, out _) ?? text);

    private static IResult At(
        string owner,
        string name,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        var found =
            Person(context, identity, owner) is { } user && !name.Contains('\0', StringComparison.Ordinal)
                ? service.Store.FindByLink(user.Id, name)
                : null;
        return context.Authorize(Permission.WorkspacesRead, found is null ? null : WorkspaceViews.Resource(found))
            ?? WorkspaceEndpoints.Shown(context, views, found!);
    }

    private static IResult Transfer(
        string id,
        TransferRequest request,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.WorkspacesShare, out var before) is { } no)
            return no;
        if (Person(context, identity, request.Owner) is not { Disabled: null } owner)
            return Problems.Result(422, "invalid_request", "owner: there is no such person.");
        var moved = service.Transfer(id, OwnSettings.Person(identity, owner), request.Keep, request.Name, context.Subject().UserId);
        context.Audit("workspace.transfer", "ok", $"workspace:{id}", before: before!.Owner, after: owner.Id);
        // What the owner until now has open is asked about again.
        identity.Revocations.Publish(before.Owner);
        return WorkspaceEndpoints.Shown(context, views, moved);
    }

    private static IResult Duplicate(
        string id,
        DuplicateRequest request,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        WorkspaceViews views
    )
    {
        // A copy of the home is a copy of every file in it.
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.FilesRead, out _) is { } no)
            return no;
        var subject = context.Subject();
        var owner = OwnSettings.Person(identity, identity.Users.Find(subject.UserId)!);
        var made = service.Duplicate(id, owner, request.Name, request.Title, subject.UserId);
        context.Audit("workspace.duplicate", "ok", $"workspace:{made.Workspace.Id}", $"of {id}");
        context.Response.Headers.Location = $"/api/v1/jobs/{made.Job!.Id}";
        return Results.Json(
            new CreatedResponse(views.Workspace(made.Workspace), views.Job(made.Job), Existing: false),
            WorkspaceJson.Default.CreatedResponse,
            statusCode: 202
        );
    }

    private static async Task<IResult> DeletionAsync(
        string id,
        HttpContext context,
        WorkspaceService service,
        WorkspaceViews views,
        CancellationToken cancellation
    )
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.WorkspacesWrite, out var workspace) is { } no)
            return no;
        var preview = await service.PreviewDeletionAsync(workspace!, cancellation);
        // Who may delete without reading files learns how much there is, not what.
        var resource = WorkspaceViews.Resource(workspace!);
        var inside = context.May(Permission.FilesRead, resource) && context.Authorize(Permission.FilesRead, resource) is null;
        return Results.Json(views.Deletion(preview, inside), WorkspaceJson.Default.DeletionResponse);
    }

    /// <summary>Whoever may work in it may keep it from stopping.</summary>
    private static IResult Extend(string id, ExtendRequest request, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        WorkspaceEndpoints.Refuse(context, service, id, Permission.TerminalsWrite, out _)
        ?? (
            double.IsFinite(request.Hours) && Math.Abs(request.Hours) < 1e6
                ? WorkspaceEndpoints.Shown(context, views, service.Extend(id, TimeSpan.FromHours(request.Hours)))
                : Problems.Result(422, "invalid_request", "hours: a number is expected.")
        );

    private static IResult Restore(string id, RestoreRequest? request, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.WorkspacesWrite, out _) is { } no)
            return no;
        var restored = service.Restore(id, context.Subject().UserId, request?.Name);
        context.Audit("workspace.restore", "ok", $"workspace:{id}");
        return WorkspaceEndpoints.Shown(context, views, restored);
    }
}
