using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>The installation's events as a stream. Each is checked when it is sent, so a right that ends ends here too.</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Events");
        api.MapGet("/events", StreamAsync)
            .SignedIn()
            .Is("streamEvents", "Streams what changes, as server-sent events")
            .ReadsHeader("Last-Event-ID", "The id of the last event that was seen.", "17")
            .ReadsQuery("after", "integer", "The same, where a header can't be set.", "17")
            .GivesEvents();
    }

    private static async Task<IResult> StreamAsync(
        string? type,
        string? workspace,
        HttpContext context,
        WorkspaceService service,
        EventObjects objects,
        IdentityServices identity,
        IHostApplicationLifetime lifetime,
        TimeProvider time
    )
    {
        var events = service.Events;
        var resumes = ServerSentEvents.TryResume(context, out var after);
        using var stream = new ServerSentEvents(context);
        await stream.BeginAsync();
        if (!resumes)
            after = events.Last;
        while (stream.IsOpen)
        {
            if (Caller.Of(context).Session is { } session && identity.Sessions.Find(session.Id) is null)
                break;
            if (events.Since(after) is not { } news)
            {
                after = events.Last;
                stream.Add(after, "reset", "{}");
                await stream.FlushAsync();
                continue;
            }
            Send(news);
            await stream.FlushAsync();
            await stream.WaitAsync(time, token => events.WaitAsync(after, token));
        }
        if (lifetime.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
            await LastWordAsync();
        return Results.Empty;

        // The notice that the server restarts is written while streams are being ended.
        async Task LastWordAsync()
        {
            await events
                .WaitAsync(after, context.RequestAborted)
                .WaitAsync(LastWord, time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Send(events.Since(after) ?? []);
            await stream.FlushAsync();
        }

        void Send(IReadOnlyList<StreamEvent> news)
        {
            foreach (var one in news)
            {
                after = one.Id;
                if (
                    (type is null || one.Type == type)
                    && (workspace is null || one.Workspace == workspace)
                    && objects.Json(context, one) is { } data
                )
                    stream.Add(one.Id, one.Type, data);
            }
        }
    }
}
