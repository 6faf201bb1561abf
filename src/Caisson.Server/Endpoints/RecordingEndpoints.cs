using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Recordings;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>Recordings of terminals: lists, what a player needs, holding, deleting, verifying. Their content is in <see cref="RecordingContent"/>.</summary>
internal static class RecordingEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Recordings");
        api.MapGet("/recordings", List)
            .Requires(Permission.RecordingsRead)
            .Is("listRecordings", "Lists the recordings that the caller may see, newest first")
            .Gives<RecordingList>();
        api.MapPost("/recordings/verify", Verify)
            .Requires(Permission.RecordingsRead)
            .Is("verifyRecordings", "Reads every piece and tells which recordings are not what was written")
            .Gives<RecordingChecks>()
            .FailsWith("not_found");
        api.MapGet("/recordings/{id}", Get)
            .Requires(Permission.RecordingsRead)
            .Is("getRecording", "Shows a recording")
            .Gives<RecordingResponse>();
        api.MapPut("/recordings/{id}/hold", Hold)
            .Requires(Permission.WorkspacesWrite)
            .Is("holdRecording", "Keeps a recording beyond its time, or no more")
            .Gives<RecordingResponse>()
            .FailsWith("state_conflict");
        api.MapDelete("/recordings/{id}", Delete)
            .Requires(Permission.WorkspacesWrite)
            .Is("deleteRecording", "Deletes a recording that has ended and is not held")
            .Gives<RecordingResponse>()
            .FailsWith("held", "state_conflict");
        api.MapGet("/terminals/{id}/recording", OfTerminal)
            .Requires(Permission.RecordingsRead)
            .Is("getRecordingOfTerminal", "Shows the recording of a terminal")
            .Gives<RecordingResponse>();
        RecordingContent.Map(api);
    }

    /// <summary>Those that the caller may see.</summary>
    /// <param name="at">Only those that ran then.</param>
    private static IResult List(
        string? workspace,
        DateTimeOffset? at,
        int? limit,
        string? cursor,
        HttpContext context,
        RecordingService recordings
    )
    {
        var seen = recordings
            .List()
            .Where(info => workspace is null || info.Workspace == workspace)
            .Where(info => at is null || (info.Started <= at && (info.Ended is null || at <= info.Ended)))
            .Where(info => context.May(Permission.RecordingsRead, Resource(context, info)))
            .ToList();
        context.Audit("recording.listed", "ok", workspace is null ? null : $"workspace:{workspace}");
        var start = Paging.Read(cursor) is var (id, _) ? seen.FindIndex(info => info.Id == id) + 1 : 0;
        var page = seen.Skip(start).Take(Paging.Limit(limit)).ToList();
        var next = start + page.Count < seen.Count ? Paging.Cursor(page[^1].Id, "-") : null;
        return Results.Json(
            new RecordingList([.. page.Select(info => Response(info, recordings))], next, seen.Count),
            ApiJson.Default.RecordingList
        );
    }

    private static IResult Get(string id, HttpContext context, RecordingService recordings) =>
        Find(id, Permission.RecordingsRead, context, recordings, out var info)
        ?? Results.Json(Response(info!, recordings), ApiJson.Default.RecordingResponse);

    private static IResult OfTerminal(string id, HttpContext context, RecordingService recordings, TerminalService terminals)
    {
        var recording = terminals.Find(id)?.Record.Recording ?? recordings.List().FirstOrDefault(info => info.Terminal == id)?.Id;
        return recording is null ? AccessAnswers.NotFound() : Get(recording, context, recordings);
    }

    private static IResult Hold(string id, RecordingHold patch, HttpContext context, RecordingService recordings)
    {
        if (Find(id, Permission.WorkspacesWrite, context, recordings, out var info) is { } refusal)
            return refusal;
        if (!recordings.Hold(info!, patch.Held))
            return Running(id);
        context.Audit(patch.Held ? "recording.held" : "recording.released", "ok", $"recording:{id}");
        return Results.Json(Response(recordings.Find(id)!, recordings), ApiJson.Default.RecordingResponse);
    }

    private static IResult Delete(string id, HttpContext context, RecordingService recordings)
    {
        if (Find(id, Permission.WorkspacesWrite, context, recordings, out var info) is { } refusal)
            return refusal;
        if (info!.Held)
            return Problems.Result(409, "held", $"The recording {id} is held, so it can't be deleted.", "Release it first.");
        if (info.Ended is null)
            return Running(id);
        // First the record, then the deed: a recording that is missing without one is an alarm.
        context.Audit("recording.deleted", "ok", $"recording:{id}");
        recordings.Delete(info);
        return Results.Json(Response(info, recordings), ApiJson.Default.RecordingResponse);
    }

    /// <summary>Reads every piece of those that the caller may see, and tells which are not what was written.</summary>
    private static IResult Verify(string? id, HttpContext context, RecordingService recordings)
    {
        var all = recordings
            .List()
            .Where(info => (id is null || info.Id == id) && context.May(Permission.RecordingsRead, Resource(context, info)))
            .ToList();
        if (id is not null && all.Count == 0)
            return AccessAnswers.NotFound();
        var checks = all.Select(info => new RecordingCheck(info.Id, recordings.Verify(info))).ToList();
        if (id is null && context.May(Permission.AuditRead, new Resource("installation", "-", null, null)))
            checks.AddRange(recordings.Missing().Select(gone => new RecordingCheck(gone, "it is gone, and nobody deleted it")));
        context.Audit(
            "recording.verified",
            checks.Exists(check => check.Problem is not null) ? "failed" : "ok",
            id is null ? null : $"recording:{id}"
        );
        return Results.Json(new RecordingChecks(checks), ApiJson.Default.RecordingChecks);
    }

    /// <summary>Why not, or null and the recording.</summary>
    internal static IResult? Find(
        string id,
        Permission permission,
        HttpContext context,
        RecordingService recordings,
        out RecordingInfo? info
    )
    {
        info = recordings.Find(id);
        return context.Authorize(permission, info is null ? null : Resource(context, info));
    }

    internal static RecordingResponse Response(RecordingInfo info, RecordingService recordings) =>
        new()
        {
            Id = info.Id,
            Workspace = info.Workspace,
            Terminal = info.Terminal,
            Label = info.Label,
            State = info.Ended is null ? "running" : "ended",
            Mode = info.Mode.ToString().ToLowerInvariant(),
            Started = info.Started,
            Ended = info.Ended,
            EndReason = info.EndReason,
            Duration = info.Duration.TotalSeconds,
            Bytes = info.Bytes,
            Columns = info.Columns,
            Rows = info.Rows,
            Held = info.Held,
            Until = info.Held ? null : info.Ended + recordings.Limits.Kept,
        };

    /// <summary>Its workspace's, as it was when it was made: it may be gone.</summary>
    private static Resource Resource(HttpContext context, RecordingInfo info) =>
        TerminalAccess.Resource(context, context.RequestServices.GetRequiredService<TerminalService>().Place(info.Workspace))
        ?? new Resource(
            "workspace",
            info.Workspace,
            info.Owner ?? context.RequestServices.GetRequiredService<AccessConfiguration>().Local.Id,
            null
        );

    private static IResult Running(string id) =>
        Problems.Result(409, "state_conflict", $"The recording {id} still runs.", "End its terminal first.");
}
