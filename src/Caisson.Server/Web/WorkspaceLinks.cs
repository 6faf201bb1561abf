using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Endpoints;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Web;

/// <summary>
/// Pages of workspaces are at <c>/w/OWNER/NAME</c>. An address with an id, or with an owner or name of up to 30 days ago, leads to the present one, for who
/// may see the workspace; for all others it is a page like any that isn't there.
/// </summary>
internal sealed class WorkspaceLinks(RequestDelegate next, WorkspaceService service, IdentityServices identity)
{
    internal static string Page(string owner, string name) => $"/w/{Uri.EscapeDataString(owner)}/{name}";

    public Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || Target(context) is not { } target)
            return next(context);
        context.Response.Redirect(target + context.Request.QueryString);
        return Task.CompletedTask;
    }

    /// <summary>Null: there is nothing to redirect.</summary>
    private string? Target(HttpContext context)
    {
        if (
            Caller.Of(context).Subject is null
            || context.Request.Path.Value!.Split('/') is not ["", "w", { Length: > 0 } first, .. var rest]
            || context.Request.Path.Value.Contains('\0', StringComparison.Ordinal)
        )
            return null;
        WorkspaceRecord? found;
        if (Identifier.IsValid(first, 'w'))
            found = service.Store.Find(first);
        else if (rest is [{ Length: > 0 } name, .. var below] && WorkspaceChangeEndpoints.Person(context, identity, first) is { } user)
        {
            found = service.Store.FindByLink(user.Id, name) is { } meant && (meant.Owner != user.Id || meant.Name != name) ? meant : null;
            rest = below;
        }
        else
            found = null;
        return
            found is { Deleted: null }
            && context.May(Permission.WorkspacesRead, WorkspaceViews.Resource(found))
            && identity.Users.Find(found.Owner) is { } owner
            ? string.Join('/', [Page(owner.Address, found.Name), .. rest.Select(Uri.EscapeDataString)])
            : null;
    }
}
