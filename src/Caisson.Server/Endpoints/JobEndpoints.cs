using System.Globalization;
using System.Text.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>Jobs: their steps, what they say, and how somebody ends or repeats them.</summary>
internal static class JobEndpoints
{
    private const int Lines = 500;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Jobs");
        api.MapGet("/workspaces/{id}/jobs", Of)
            .Requires(Permission.JobsRead)
            .Is("listJobs", "Lists the jobs of a workspace, newest first")
            .Gives<JobPage>();
        api.MapGet("/jobs/{id}", Get).Requires(Permission.JobsRead).Is("getJob", "Shows a job with its steps").Gives<JobResponse>();
        api.MapPost("/jobs/{id}/cancel", CancelAsync)
            .Requires(Permission.WorkspacesWrite)
            .Is("cancelJob", "Ends a job and takes back what it made")
            .Gives<JobResponse>()
            .FailsWith("state_conflict", "invalid_transition");
        api.MapPost("/jobs/{id}/retry", Retry)
            .Requires(Permission.WorkspacesWrite)
            .Is("retryJob", "Goes on with a job at the step that failed")
            .Gives<JobResponse>()
            .FailsWith("state_conflict", "invalid_transition", "home_gone");
        api.MapGet("/jobs/{id}/log", LogAsync).Requires(Permission.JobsRead).Is("readJobLog", "The log of a job as text").GivesText();
        api.MapGet("/jobs/{id}/events", EventsAsync)
            .Requires(Permission.JobsRead)
            .Is("streamJob", "Streams a job and its log, as server-sent events, until it ends")
            .ReadsHeader("Last-Event-ID", "The id of the last line that was seen.", "3")
            .ReadsQuery("after", "integer", "The same, where a header can't be set.", "3")
            .GivesEvents();
    }

    private static IResult Of(string id, int? limit, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.JobsRead, out _) is { } no)
            return no;
        var jobs = service.Jobs.Of(id, Paging.Limit(limit));
        return Results.Json(new JobPage([.. jobs.Select(views.Job)], null, jobs.Count), WorkspaceJson.Default.JobPage);
    }

    private static IResult Get(string id, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        Refuse(context, service, id, Permission.JobsRead, out var job) ?? Shown(views, job!);

    private static async Task<IResult> CancelAsync(string id, HttpContext context, WorkspaceService service, WorkspaceViews views) =>
        Refuse(context, service, id, Permission.WorkspacesWrite, out _) ?? Shown(views, await service.CancelAsync(id));

    private static IResult Retry(string id, RetryRequest request, HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        if (Refuse(context, service, id, Permission.WorkspacesWrite, out _) is { } no)
            return no;
        return request.From is not (null or "step" or "scratch")
            ? Problems.Result(422, "invalid_request", "from: step or scratch is expected.")
            : Shown(views, service.Retry(id, request.From == "scratch", request.KeepForDebugging == true));
    }

    private static async Task<IResult> LogAsync(string id, HttpContext context, WorkspaceService service)
    {
        if (Refuse(context, service, id, Permission.JobsRead, out _) is { } no)
            return no;
        context.Response.ContentType = "text/plain; charset=utf-8";
        for (var after = 0L; service.Log.Read(id, after, Lines) is { Count: > 0 } lines; after = lines[^1].Id)
        {
            foreach (var line in lines)
                await context.Response.WriteAsync(
                    $"{line.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line.Step}: {line.Text}\n",
                    context.RequestAborted
                );
        }
        return Results.Empty;
    }

    /// <summary>The job whenever it changes, and each line of its log with the id to resume after. Ends with the job.</summary>
    private static async Task<IResult> EventsAsync(
        string id,
        HttpContext context,
        WorkspaceService service,
        WorkspaceViews views,
        TimeProvider time
    )
    {
        if (Refuse(context, service, id, Permission.JobsRead, out _) is { } no)
            return no;
        ServerSentEvents.TryResume(context, out var after);
        using var stream = new ServerSentEvents(context);
        await stream.BeginAsync();
        var shown = "";
        while (stream.IsOpen)
        {
            // Taken before reading: what happens while we read is not missed.
            var next = service.Log.Next;
            var change = service.Events.Last;
            if (Refuse(context, service, id, Permission.JobsRead, out var job) is not null)
                break;
            foreach (var line in service.Log.Read(id, after, Lines))
            {
                stream.Add(
                    line.Id,
                    "log",
                    JsonSerializer.Serialize(new JobLogResponse(line.Step, line.Time, line.Text), WorkspaceJson.Default.JobLogResponse)
                );
                after = line.Id;
                next = Task.CompletedTask;
            }
            var state = JsonSerializer.Serialize(views.Job(job!), WorkspaceJson.Default.JobResponse);
            if (state != shown)
                stream.Add(null, "job", shown = state);
            await stream.FlushAsync();
            if (job!.State is JobState.Succeeded or JobState.Failed or JobState.Cancelled && !next.IsCompleted)
                break;
            await stream.WaitAsync(time, _ => next, token => service.Events.WaitAsync(change, token));
        }
        return Results.Empty;
    }

    private static IResult? Refuse(HttpContext context, WorkspaceService service, string id, Permission permission, out JobRecord? job)
    {
        job = Identifier.IsValid(id, 'j') ? service.Jobs.Find(id) : null;
        return job is null
            ? context.Authorize(permission, null)
            : WorkspaceEndpoints.Refuse(context, service, job.Workspace, permission, out _);
    }

    private static IResult Shown(WorkspaceViews views, JobRecord job) => Results.Json(views.Job(job), WorkspaceJson.Default.JobResponse);
}
