namespace Caisson.Identity;

/// <summary>Who a request comes from. Made in one place, by the server's authentication; never null behind it.</summary>
/// <param name="UserId"><c>u-…</c>; for <see cref="SubjectKind.Sandbox"/> the workspace's id.</param>
/// <param name="Address">Normalised (<see cref="EmailAddress"/>), or <c>local</c> for the user of this installation.</param>
/// <param name="Roles">Site roles, see <see cref="SiteRoles"/>. None: nothing is allowed.</param>
/// <param name="Scopes">Of an API token: what it may do of what its user may. Null: everything that the user may.</param>
/// <param name="SessionId">Of the session or the API token; null where each request proves itself (Unix socket, proxy).</param>
/// <param name="SourceAddress">IP address of the client, or <c>unix</c>.</param>
public sealed record Subject(
    string UserId,
    string Address,
    string DisplayName,
    IReadOnlySet<string> Roles,
    SubjectKind Kind,
    IReadOnlySet<string>? Scopes,
    string? SessionId,
    string SourceAddress
);
