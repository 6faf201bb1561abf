using System.Globalization;
using System.Text;
using System.Text.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Documentation;
using Caisson.Server.Endpoints;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Access;

/// <summary>One's own: who one is, sessions, settings.</summary>
internal static class MeEndpoints
{
    /// <summary>The action in the record of access, and the notice of the session that the link had opened.</summary>
    internal const string LinkReused = "login.link_reused";

    private const int LargestSettings = 64 * 1024;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Me");
        api.MapGet("/me", Me).SignedIn().Is("getMe", "Who one is, and what one may do somewhere").Gives<MeResponse>();
        api.MapGet("/me/sessions", Sessions)
            .Requires(Permission.SettingsOwn)
            .Is("listSessions", "Lists one's sessions")
            .Gives<IReadOnlyList<SessionResponse>>();
        api.MapDelete("/me/sessions/{id}", EndSession)
            .Requires(Permission.SettingsOwn)
            .Is("endSession", "Ends one of one's sessions")
            .GivesNothing();
        api.MapDelete("/me/sessions/{id}/notice", DismissNotice)
            .Requires(Permission.SettingsOwn)
            .Is("dismissSessionNotice", "Takes away the mark that a session's login link was used again")
            .GivesNothing();
        api.MapGet("/me/settings", GetSettings)
            .Requires(Permission.SettingsOwn)
            .Is("getSettings", "One's settings of the web app")
            .HasVersion()
            .GivesAnyObject();
        api.MapPut("/me/settings", PutSettingsAsync)
            .Requires(Permission.SettingsOwn)
            .Is("putSettings", "Keeps one's settings of the web app")
            .NeedsVersion()
            .Takes("application/json", "object")
            .GivesAnyObject();
    }

    private static IResult Me(HttpContext context, IAccess access, IdentityServices identity, AccessConfiguration configuration)
    {
        var subject = context.Subject();
        // Read again: a notice may be newer than the request's own look. That of another session counts too: where somebody else was the first to use
        // a link, the person it was meant for sits in another session than the one it opened.
        var sessions = Caller.Of(context).Session is null ? [] : identity.Sessions.Of(subject.UserId);
        var session = sessions.FirstOrDefault(one => one.Id == Caller.Of(context).Session!.Id);
        var notice = sessions.Select(one => one.Notice).FirstOrDefault(text => text is not null);
        var build = BuildInformation.Of(typeof(MeEndpoints).Assembly);
        return Results.Json(
            new MeResponse
            {
                Id = subject.UserId,
                Address = subject.Address,
                Name = subject.DisplayName,
                Roles = [.. subject.Roles.Order(StringComparer.Ordinal)],
                Mode = configuration.Auth.Mode,
                Permissions =
                [
                    .. Enum.GetValues<Permission>()
                        .Where(permission => access.Decide(subject, permission, null).Allowed)
                        .Select(permission => permission.Name()),
                ],
                Session = session is null ? null : new MeSession(session.Id, session.Expires, notice),
                Server = new ServerFacts(build.Version, build.Commit, configuration.LinkBase),
            },
            AccessJson.Default.MeResponse
        );
    }

    private static IResult Sessions(HttpContext context, IdentityServices identity)
    {
        var current = Caller.Of(context).Session?.Id;
        return Results.Json(
            [
                .. identity
                    .Sessions.Of(context.Subject().UserId)
                    .Select(session => new SessionResponse(
                        session.Id,
                        session.Created,
                        session.LastUsed,
                        session.Address,
                        session.Agent,
                        session.Id == current,
                        session.Notice == LinkReused ? Reuse(identity, session.Id) : null
                    )),
            ],
            AccessJson.Default.IReadOnlyListSessionResponse
        );
    }

    /// <summary>The record of access knows when and from where.</summary>
    private static LinkReuse? Reuse(IdentityServices identity, string session) =>
        identity.Log.Of(session).LastOrDefault(recorded => recorded.Event.Action == LinkReused) is { } use
            ? new LinkReuse(use.Time, use.Event.Source ?? "")
            : null;

    private static IResult DismissNotice(string id, HttpContext context, IdentityServices identity)
    {
        if (!identity.Sessions.DismissNotice(id, context.Subject().UserId))
            return AccessAnswers.NotFound();
        context.Audit("session.notice_dismissed", "ok", id);
        return Results.NoContent();
    }

    private static IResult EndSession(string id, HttpContext context, IdentityServices identity)
    {
        var user = context.Subject().UserId;
        if (!identity.Sessions.End(id, user))
            return AccessAnswers.NotFound();
        context.Audit("logout", "ok", id, "ended from the list of sessions");
        identity.Revocations.Publish(user);
        return Results.NoContent();
    }

    private static IResult GetSettings(HttpContext context, IdentityServices identity)
    {
        var (json, version) = identity.Settings.Get(context.Subject().UserId);
        context.Response.Headers.ETag = Tag(version);
        return Results.Text(json, "application/json");
    }

    private static async Task<IResult> PutSettingsAsync(HttpContext context, IdentityServices identity)
    {
        if (!context.Request.HasJsonContentType())
            return Problems.Result(415, "unsupported_media_type", "Settings are application/json.");
        if (context.Request.Headers.IfMatch.ToString() is not { Length: > 0 } match)
            return Problems.Result(428, "precondition_required", "If-Match is missing.", "Send the ETag of GET /api/v1/me/settings.");
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (Encoding.UTF8.GetByteCount(text) > LargestSettings)
            return Problems.Result(413, "too_large", "Settings have at most 64 KiB.");
        if (Problem(text) is { } problem)
            return Problems.Result(422, "invalid_request", problem);
        var version = Version(match) is { } known ? identity.Settings.Put(context.Subject().UserId, text, known) : null;
        if (version is not { } now)
            return Problems.Result(412, "changed", "The settings have changed since they were read.", "Read them again, then change them.");
        context.Response.Headers.ETag = Tag(now);
        return Results.Text(text, "application/json");
    }

    private static string? Problem(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return "Settings are an object.";
            if (
                document.RootElement.TryGetProperty("theme", out var theme)
                && !(theme.ValueKind == JsonValueKind.String && theme.GetString() is "system" or "light" or "dark")
            )
                return "theme: system, light or dark is expected.";
            return
                document.RootElement.TryGetProperty(OwnSettings.DotfilesKey, out var dotfiles)
                && !(
                    dotfiles.ValueKind == JsonValueKind.String
                    && dotfiles.GetString() is var url
                    && (url is "" || WorkspaceFields.IsDotfiles(url!))
                )
                ? $"{OwnSettings.DotfilesKey}: an https:// URL without a user or password is expected, or an empty text."
                : null;
        }
        catch (JsonException exception)
        {
            return $"This is no JSON: {exception.Message}";
        }
    }

    private static string Tag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    private static long? Version(string tag) =>
        long.TryParse(tag.Trim('"'), CultureInfo.InvariantCulture, out var version) ? version : null;
}
