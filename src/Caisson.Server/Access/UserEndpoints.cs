using System.Buffers.Text;
using System.Text;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Access;

/// <summary>People, their roles, and how somebody leaves.</summary>
internal static class UserEndpoints
{
    private const int ShortestLookup = 3;
    private const int LongestLookup = 100;
    private const int MostFound = 10;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Users");
        api.MapGet("/users", List)
            .Requires(Permission.UsersRead)
            .Is("listUsers", "Lists people, in order of their addresses")
            .Gives<UserPage>();
        api.MapGet("/users/lookup", Lookup)
            .Requires(Permission.WorkspacesShare)
            .LimitedAsLookup()
            .Is("lookupUsers", "Finds people to share with, by how their address or name begins")
            .Gives<KnownPeople>();
        api.MapPatch("/users/{id}", SetRoles)
            .Requires(Permission.UsersWrite)
            .Is("setRoles", "Gives somebody other roles")
            .Gives<UserResponse>()
            .FailsWith("last_admin");
        api.MapPost("/users/{id}/disable", DisableAsync)
            .Requires(Permission.UsersWrite)
            .Is("disableUser", "Shuts somebody out and takes back what they had")
            .Gives<DisabledResponse>()
            .FailsWith("last_admin");
        api.MapPost("/users/{id}/enable", Enable)
            .Requires(Permission.UsersWrite)
            .Is("enableUser", "Lets somebody in again")
            .Gives<UserResponse>();
        api.MapPost("/users/{id}/subjects", Link)
            .Requires(Permission.UsersWrite)
            .Is("linkSubject", "Says that a subject at a provider is this person")
            .Gives<UserResponse>()
            .FailsWith("state_conflict");
    }

    private static IResult List(string? q, int? limit, string? cursor, IdentityServices identity)
    {
        if (limit is < 1 or > 200)
            return Problems.Result(422, "invalid_request", "limit: 1 to 200 is expected.");
        var after = cursor is null ? null : Decode(cursor);
        if (cursor is not null && after is null)
            return Problems.Result(422, "invalid_request", "cursor: this is none of this server's.");
        var size = limit ?? 50;
        var found = identity.Users.Search(q, after, size + 1);
        var items = found.Take(size).Select(Response).ToList();
        return Results.Json(
            new UserPage(
                items,
                found.Count > size ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(items[^1].Address)) : null,
                identity.Users.Count(q)
            ),
            AccessJson.Default.UserPage
        );
    }

    private static IResult Lookup(string q, HttpContext context, IdentityServices identity)
    {
        var prefix = q.Trim();
        if (prefix.Length is < ShortestLookup or > LongestLookup || prefix.Contains('\0', StringComparison.Ordinal))
            return Problems.Result(422, "invalid_request", $"q: {ShortestLookup} to {LongestLookup} characters are expected.");
        var self = context.Subject().UserId;
        var found = identity.Users.Lookup(prefix, MostFound + 1).Where(user => user.Id != self).Take(MostFound).ToList();
        return Results.Json(
            new KnownPeople([.. found.Select(user => new KnownPerson(user.Id, user.Address, user.Name))], null, found.Count),
            AccessJson.Default.KnownPeople
        );
    }

    private static IResult SetRoles(string id, UserRolesRequest request, HttpContext context, IdentityServices identity)
    {
        if (request.Roles.FirstOrDefault(role => !SiteRoles.IsKnown(role)) is { } unknown)
            return Problems.Result(422, "invalid_request", $"roles: '{unknown}' is none of {string.Join(", ", SiteRoles.All)}.");
        var change = identity.Users.SetRoles(id, request.Roles);
        if (change.Before is not { } before)
            return Refused(context, id, "user.roles", change);
        context.Audit("user.roles", "ok", id, before: Join(before.Roles), after: Join(request.Roles));
        identity.Revocations.Publish(id);
        return Results.Json(Response(identity.Users.Find(id)!), AccessJson.Default.UserResponse);
    }

    private static async Task<IResult> DisableAsync(string id, HttpContext context, IdentityServices identity)
    {
        // Not the request's own cancellation: what has begun has to be taken back to its end.
        var (change, results) = await identity.OffBoarding.DisableAsync(id, CancellationToken.None);
        if (change.Before is null)
            return Refused(context, id, "user.disabled", change);
        context.Audit(
            "user.disabled",
            results.All(result => result.Ok) ? "ok" : "failed",
            id,
            string.Join("; ", results.Select(result => $"{result.Name}: {result.Detail}"))
        );
        return Results.Json(
            new DisabledResponse(
                Response(identity.Users.Find(id)!),
                [.. results.Select(result => new LeavingItem(result.Name, result.Ok, result.Detail))]
            ),
            AccessJson.Default.DisabledResponse
        );
    }

    private static IResult Enable(string id, HttpContext context, IdentityServices identity)
    {
        var change = identity.Users.Enable(id);
        if (change.Before is null)
            return Refused(context, id, "user.enabled", change);
        context.Audit("user.enabled", "ok", id);
        return Results.Json(Response(identity.Users.Find(id)!), AccessJson.Default.UserResponse);
    }

    /// <summary>An admin's word that a subject at a provider is this person: the way out of <c>identity_conflict</c>.</summary>
    private static IResult Link(string id, UserLinkRequest request, HttpContext context, IdentityServices identity)
    {
        if (identity.Users.Find(id) is not { } user)
            return AccessAnswers.NotFound();
        if (identity.Users.FindBySubject(request.Issuer, request.Subject).Count > 0)
            return Problems.Result(409, "state_conflict", "This subject is somebody already.");
        identity.Users.Link(request.Issuer, request.Subject, id);
        context.Audit("user.linked", "ok", id, after: $"{request.Issuer} {request.Subject}");
        return Results.Json(Response(user), AccessJson.Default.UserResponse);
    }

    private static IResult Refused(HttpContext context, string id, string action, UserChange change)
    {
        context.Audit(action, "refused", id, change.Problem);
        return change.Problem == "last_admin"
            ? Problems.Result(409, "last_admin", "This is the last admin: nobody could undo it.", "Make somebody else an admin first.")
            : AccessAnswers.NotFound();
    }

    private static UserResponse Response(User user) =>
        new()
        {
            Id = user.Id,
            Address = user.Address,
            Name = user.Name,
            Roles = [.. user.Roles.Order(StringComparer.Ordinal)],
            Created = user.Created,
            LastLogin = user.LastLogin,
            Disabled = user.Disabled,
        };

    private static string Join(IEnumerable<string> roles) => string.Join(' ', roles.Order(StringComparer.Ordinal));

    private static string? Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
