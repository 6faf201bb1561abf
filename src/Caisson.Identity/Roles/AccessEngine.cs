using Caisson.Identity.Tokens;

namespace Caisson.Identity;

/// <summary>
/// Decides in this order: (1) a sandbox sees its own workspace's state, (2) a token's scopes narrow, (3) a site role gives everywhere, (4) ownership
/// or a share gives on the resource. Whatever none of them gives is refused.
/// </summary>
/// <param name="adminView">False takes from admins the terminals, files and recordings of others altogether.</param>
public sealed class AccessEngine(bool adminView = true) : IAccess
{
    public Verdict Decide(Subject subject, Permission permission, Resource? resource)
    {
        // 1
        if (subject.Kind == SubjectKind.Sandbox)
            return permission == Permission.WorkspacesRead && resource is { Type: "workspace", Id: { } id } && id == subject.UserId
                ? new Verdict(true, "its own workspace")
                : new Verdict(false, "a sandbox sees its own workspace alone");
        // 2
        if (subject.Scopes is { } scopes && !TokenScopes.Covers(scopes, permission))
            return new Verdict(false, $"no scope of this token covers {permission.Name()}");
        // 3
        var right = Right(subject, resource);
        foreach (var role in SiteRoles.All)
        {
            if (!subject.Roles.Contains(role) || !SiteRoles.HasEverywhere(role, permission))
                continue;
            if (role != SiteRoles.Admin || !IsForeign(permission, resource, right))
                return new Verdict(true, $"role {role}");
            if (adminView)
                return new Verdict(true, $"role {role}", NeedsReason: true);
        }
        // 4
        if (!subject.Roles.Any(role => SiteRoles.HasOnOwn(role, permission)))
            return new Verdict(false, subject.Roles.Count == 0 ? "no role" : $"no role gives {permission.Name()}");
        if (resource is null)
            return new Verdict(true, "own things");
        if (right is null)
            return new Verdict(false, "neither owner nor shared with");
        return WorkspaceRights.Includes(right, permission)
            ? new Verdict(true, $"right {right}")
            : new Verdict(false, $"the right {right} does not give {permission.Name()}");
    }

    private static string? Right(Subject subject, Resource? resource) =>
        resource is null ? null
        : resource.OwnerId == subject.UserId ? WorkspaceRights.Owner
        : resource.Shares?.GetValueOrDefault(subject.UserId);

    /// <summary>What somebody does in their workspace is theirs, unless they have shared this much of it.</summary>
    private static bool IsForeign(Permission permission, Resource? resource, string? right) =>
        resource is not null
        && permission
            is Permission.TerminalsView
                or Permission.TerminalsWrite
                or Permission.FilesRead
                or Permission.FilesWrite
                or Permission.RecordingsRead
        && (right is null || !WorkspaceRights.Includes(right, permission));
}
