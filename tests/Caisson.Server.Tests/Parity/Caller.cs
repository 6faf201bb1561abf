namespace Caisson.Server.Tests.Parity;

/// <summary>Somebody who asks, as docs/access.md sees them.</summary>
/// <param name="Right">In the one workspace of the test.</param>
/// <param name="Scopes">Of an API token; null for a person.</param>
/// <param name="GivesReason">Sends why, as an admin who looks into what is somebody else's has to.</param>
internal sealed record Caller(string Name, HttpClient Client, string[] Roles, string? Right, string? Scope = null, bool GivesReason = false)
{
    private static readonly string[] Private = ["terminals:view", "terminals:write", "files:read", "files:write", "recordings:read"];

    public bool IsAnonymous { get; init; }

    public override string ToString() => Name;

    /// <summary>401, 403, 404, or 200 for anything else.</summary>
    internal int Expected(ApiRoute route, AccessDocument document)
    {
        if (IsAnonymous)
            return 401;
        if (route.Permission is not { } permission)
            return 200;
        if (route.OnWorkspace is { } other)
            return Expected(permission, isOfOneWorkspace: false, document) is not 200 and var refused ? refused
                : Expected(other, isOfOneWorkspace: true, document) is 200 ? 200
                : Sees(document) ? 403
                : 404;
        return Expected(permission, route.IsOfOneWorkspace, document);
    }

    private int Expected(string permission, bool isOfOneWorkspace, AccessDocument document)
    {
        if (!IsCovered(permission, document))
            return 403;
        var everywhere = Roles.Where(role => document.Everywhere(permission, role)).ToList();
        if (everywhere.Count > 0)
        {
            var foreign = isOfOneWorkspace && Private.Contains(permission) && (Right is null || !document.Right(permission, Right));
            return foreign && !everywhere.Exists(role => role != "admin") && !GivesReason ? 403 : 200;
        }
        if (!Roles.Any(role => document.OnOwn(permission, role)))
            return 403;
        if (!isOfOneWorkspace || (Right is not null && document.Right(permission, Right)))
            return 200;
        return Sees(document) ? 403 : 404;
    }

    /// <summary>Whether they may know that the workspace exists.</summary>
    internal bool Sees(AccessDocument document) =>
        !IsAnonymous
        && IsCovered("workspaces:read", document)
        && (
            Roles.Any(role => document.Everywhere("workspaces:read", role))
            || (Right is not null && Roles.Any(role => document.OnOwn("workspaces:read", role)) && document.Right("workspaces:read", Right))
        );

    /// <summary>Whether a list may name the workspace to them although they may not see it: an auditor sees its recordings alone.</summary>
    internal bool Lists(ApiRoute route, AccessDocument document) =>
        route is { Permission: "recordings:read", Path: "/api/v1/recordings" or "/api/v1/recordings/verify" }
        && Expected("recordings:read", isOfOneWorkspace: true, document) == 200;

    private bool IsCovered(string permission, AccessDocument document) => Scope is null || document.Covers(Scope, permission);
}
