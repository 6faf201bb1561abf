using Caisson.Api;
using Caisson.Identity;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>Terminals of workspaces; what flows through one is in <see cref="TerminalSocket"/> and <see cref="TerminalStreams"/>.</summary>
internal static class TerminalEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Terminals");
        api.MapGet("/workspaces/{id}/terminals", ListAsync)
            .Requires(Permission.TerminalsView)
            .Is("listTerminals", "Lists the terminals of a workspace, oldest first")
            .Gives<TerminalList>();
        api.MapPost("/workspaces/{id}/terminals", CreateAsync)
            .Requires(Permission.TerminalsWrite)
            .Is("createTerminal", "Opens a terminal in a workspace that runs")
            .Gives<TerminalResponse>(201)
            .FailsWith(
                "state_conflict",
                "terminal_limit",
                "memory_pressure",
                "shell_not_found",
                "start_failed",
                "disconnected",
                "recording_unavailable"
            );
        api.MapGet("/workspaces/{id}/capacity", Capacity)
            .Requires(Permission.TerminalsView)
            .Is("getCapacity", "How many terminals there are and may be, and the memory")
            .Gives<TerminalCapacity>();
        api.MapGet("/terminals/{id}", GetAsync)
            .Requires(Permission.TerminalsView)
            .Is("getTerminal", "Shows a terminal")
            .Gives<TerminalResponse>();
        api.MapPatch("/terminals/{id}", RenameAsync)
            .Requires(Permission.TerminalsWrite)
            .Is("renameTerminal", "Gives a terminal another label")
            .Gives<TerminalResponse>();
        api.MapPost("/terminals/{id}/keep", KeepAsync)
            .Requires(Permission.TerminalsWrite)
            .Is("keepTerminal", "Uses a terminal that would end for being idle, without looking at it")
            .Gives<TerminalResponse>();
        api.MapDelete("/terminals/{id}", CloseAsync)
            .Requires(Permission.TerminalsWrite)
            .Is("closeTerminal", "Ends a terminal and all that it started; forgets one that has ended")
            .GivesNothing(202)
            .FailsWith("disconnected");
        api.MapGet("/terminals/{id}/viewers", Viewers)
            .Requires(Permission.TerminalsView)
            .Is("listViewers", "Who looks at a terminal")
            .Gives<TerminalViewerList>();
        api.MapPut("/terminals/{id}/viewers/{viewer}/mode", SwitchMode)
            .Requires(Permission.WorkspacesWrite)
            .Is("switchViewer", "Lets somebody who looks type, or no more")
            .Gives<TerminalViewerList>();
        api.MapGet("/terminals/{id}/ws", TerminalSocket.HandleAsync)
            .Requires(Permission.TerminalsView)
            .Is("attachTerminal", "The terminal as a WebSocket: caisson.terminal.v1")
            .GivesWebSocket();
        TerminalStreams.Map(api);
    }

    private static async Task<IResult> ListAsync(string id, HttpContext context, TerminalService terminals, CancellationToken cancellation)
    {
        var place = terminals.Place(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, place)) is { } refusal)
            return refusal;
        var facts = await FactsAsync(place!.Sandbox, cancellation);
        var sessions = terminals.List(place.Workspace);
        var items = sessions.Select(session => Response(session, facts.GetValueOrDefault(session.Record.Process), context, place)).ToList();
        return Results.Json(new TerminalList(items, null, items.Count), ApiJson.Default.TerminalList);
    }

    private static async Task<IResult> CreateAsync(
        string id,
        NewTerminalRequest request,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var place = terminals.Place(id);
        if (context.Authorize(Permission.TerminalsWrite, TerminalAccess.Resource(context, place)) is { } refusal)
            return refusal;
        var wish = new NewTerminal(request.Label, request.Command, request.Directory, request.Columns, request.Rows);
        var session = await terminals.CreateAsync(place!, wish, cancellation);
        context.Audit("terminal.created", "ok", $"terminal:{session.Id}");
        context.Response.Headers.Location = $"/api/v1/terminals/{session.Id}";
        return Results.Json(Response(session, null, context, place!), ApiJson.Default.TerminalResponse, statusCode: 201);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, TerminalService terminals, CancellationToken cancellation)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        return await AnswerAsync(session!, context, terminals, cancellation);
    }

    private static async Task<IResult> RenameAsync(
        string id,
        TerminalPatch patch,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsWrite, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        if (TerminalService.CleanLabel(patch.Label) is { } label)
            session!.Rename(label);
        return await AnswerAsync(session!, context, terminals, cancellation);
    }

    /// <summary>Uses a terminal that would end for being idle, without looking at it.</summary>
    private static async Task<IResult> KeepAsync(string id, HttpContext context, TerminalService terminals, CancellationToken cancellation)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsWrite, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        session!.Keep();
        return await AnswerAsync(session, context, terminals, cancellation);
    }

    private static async Task<IResult> CloseAsync(string id, HttpContext context, TerminalService terminals, CancellationToken cancellation)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsWrite, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        context.Audit("terminal.closed", "ok", $"terminal:{id}");
        await terminals.CloseAsync(session!, context.Subject().DisplayName, cancellation);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static IResult Viewers(string id, HttpContext context, TerminalService terminals)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        var items = session!
            .Viewers.Select(viewer => new TerminalViewerResponse(
                viewer.Id,
                viewer.Name,
                Mode(viewer.MayWrite),
                viewer.Since,
                viewer.RoundTrip?.TotalMilliseconds,
                viewer.Refused
            ))
            .ToList();
        return Results.Json(new TerminalViewerList(items, null, items.Count), ApiJson.Default.TerminalViewerList);
    }

    /// <summary>Whoever owns the workspace says who of those that look may type.</summary>
    private static IResult SwitchMode(string id, string viewer, TerminalViewerMode mode, HttpContext context, TerminalService terminals)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.WorkspacesWrite, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        if (mode.Mode is not ("write" or "view"))
            return Problems.Result(422, "invalid_request", "mode: write or view.");
        if (!session!.Switch(viewer, mode.Mode == "write"))
            return AccessAnswers.NotFound();
        context.Audit("terminal.mode", "ok", $"terminal:{id}", mode.Mode);
        return Viewers(id, context, terminals);
    }

    private static IResult Capacity(string id, HttpContext context, TerminalService terminals)
    {
        var place = terminals.Place(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, place)) is { } refusal)
            return refusal;
        var open = terminals.CountOpen(place!.Workspace);
        var memory = terminals.MemoryOf(place);
        return Results.Json(
            new TerminalCapacity(
                open,
                place.MaximumTerminals,
                memory.Used,
                memory.Limit,
                memory.Pending,
                memory.RefuseAbove,
                memory.AdmitBelow,
                memory.IsKnown
            ),
            ApiJson.Default.TerminalCapacity
        );
    }

    private static async Task<IResult> AnswerAsync(
        TerminalSession session,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var place = terminals.Place(session.Record.Workspace)!;
        var facts = await FactsAsync(place.Sandbox, cancellation);
        return Results.Json(
            Response(session, facts.GetValueOrDefault(session.Record.Process), context, place),
            ApiJson.Default.TerminalResponse
        );
    }

    /// <summary>What PID 1 reads from <c>/proc</c>, by process; none for a sandbox that has just stopped.</summary>
    private static async Task<IReadOnlyDictionary<uint, ProcessFacts?>> FactsAsync(ISandbox? sandbox, CancellationToken cancellation)
    {
        try
        {
            if (sandbox is not null)
                return (await sandbox.Init.SurveyAsync(cancellation)).ToDictionary(process => process.Process, process => process.Facts);
        }
        catch (InitException exception) when (exception.IsTransport)
        {
            // Its terminals say themselves that they have ended.
        }
        return new Dictionary<uint, ProcessFacts?>();
    }

    internal static TerminalResponse Response(TerminalSession session, ProcessFacts? facts, HttpContext context, TerminalPlace place)
    {
        var record = session.Record;
        return new TerminalResponse
        {
            Id = record.Id,
            Workspace = record.Workspace,
            Label = record.Label,
            State = record.Exit is null ? "running" : "exited",
            Created = record.Created,
            LastInput = session.LastInput,
            LastOutput = session.LastOutput,
            Process = facts?.Program ?? (record.Exit is null ? Path.GetFileName(record.Command[0]) : null),
            Directory = facts?.Directory ?? record.Directory,
            Columns = record.Columns,
            Rows = record.Rows,
            Viewers = session.Viewers.Count,
            Title = session.Title,
            Memory = facts?.ResidentBytes,
            Descriptors = facts?.Descriptors,
            Exit = record.Exit is { } exit ? new TerminalExitResponse(exit.Code, exit.Signal, exit.Reason) : null,
            Recording = session.IsRecorded,
            IdleEnd = session.IdleEnd,
            Mode = Mode(TerminalAccess.MayWrite(context, TerminalAccess.Resource(context, place)!)),
        };
    }

    private static string Mode(bool mayWrite) => mayWrite ? "write" : "view";
}
