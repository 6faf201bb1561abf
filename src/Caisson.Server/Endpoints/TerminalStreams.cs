using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>The same offsets and sequences as the WebSocket's, in plain requests: output, the frames as events, input, search.</summary>
internal static class TerminalStreams
{
    private const int MostOutput = 1 << 20;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Terminals");
        api.MapGet("/terminals/{id}/output", OutputAsync)
            .Requires(Permission.TerminalsView)
            .Is("readOutput", "Output that is held, from an offset on; the headers Caisson-Offset and Caisson-Next say where it stands")
            .GivesBytes()
            .FailsWith("disconnected", "not_running", "no_such_process");
        api.MapGet("/terminals/{id}/stream", StreamAsync)
            .Requires(Permission.TerminalsView)
            .Is("streamTerminal", "The frames of the WebSocket in base64, as server-sent events")
            .ReadsQuery("from", "string", "live, snapshot or an offset.", "live")
            .ReadsQuery("viewer", "string", "The key of a viewer that comes back.", "00000000000000000000000000000001")
            .ReadsQuery("columns", "integer", "Width of the window.", "80")
            .ReadsQuery("rows", "integer", "Height of the window.", "24")
            .GivesEvents()
            .FailsWith("viewer_limit", "disconnected");
        api.MapPost("/terminals/{id}/input", InputAsync)
            .Requires(Permission.TerminalsWrite)
            .LimitedAsInput()
            .Is("sendInput", "Types into a terminal")
            .Gives<TerminalInputTaken>()
            .FailsWith("input_gap", "not_running", "input_closed", "disconnected", "no_such_process");
        api.MapGet("/terminals/{id}/search", Search)
            .Requires(Permission.TerminalsView)
            .Is("searchTerminal", "Searches the screen and its history")
            .ReadsQuery("case", "boolean", "Whether case counts.", "false")
            .Gives<TerminalSearch>()
            .FailsWith("bad_pattern");
    }

    /// <summary>Bytes that are held from an offset on. Headers say where they stand and where the next ones begin.</summary>
    private static async Task<IResult> OutputAsync(
        string id,
        long? from,
        int? limit,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        if (from is < 0 || limit is < 1 or > MostOutput)
            return Problems.Result(422, "invalid_request", $"from: an offset is expected; limit: 1 to {MostOutput}.");
        var (offset, bytes) = await session!.ReadAsync(from ?? 0, limit ?? MostOutput, cancellation);
        var headers = context.Response.Headers;
        headers["Caisson-Offset"] = offset.ToString(CultureInfo.InvariantCulture);
        headers["Caisson-Next"] = (offset + bytes.Length).ToString(CultureInfo.InvariantCulture);
        return Results.Bytes(bytes, "application/octet-stream");
    }

    /// <summary>The server's frames in base64, one an event; <c>event: close</c> has the close code.</summary>
    private static async Task<IResult> StreamAsync(
        string id,
        HttpContext context,
        TerminalService terminals,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var session = terminals.Find(id);
        var resource = TerminalAccess.Resource(context, terminals, session);
        if (context.Authorize(Permission.TerminalsView, resource) is { } refusal)
            return refusal;
        var query = context.Request.Query;
        if (!AttachFrom.TryParse(query["from"].FirstOrDefault(), out var from))
            return Problems.Result(422, "invalid_request", "from: live, snapshot or an offset is expected.");
        var key = ViewerKey.TryParse(query["viewer"].FirstOrDefault(), out var given) ? given : (UInt128?)null;
        var typing = new TypingRight(session!, TerminalAccess.MayWrite(context, resource!));
        var request = new ViewRequest(from, key, context.Subject().DisplayName, typing.MayType, Window(query), Acknowledges: false);
        if (await session!.AttachAsync(request, cancellation) is not { } viewer)
            return Problems.Result(429, "viewer_limit", "As many as are possible are looking at this terminal already.");
        context.Audit("terminal.joined", "ok", $"terminal:{id}");
        typing.Follow(viewer);
        using var access = SocketAccess.Watch(
            context,
            Permission.TerminalsView,
            () => TerminalAccess.Resource(context, terminals, session),
            typing.Watched
        );
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var writing = new SemaphoreSlim(1, 1);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            var sending = session.SendAsync(viewer, SendAsync, ended.Token);
            while (!sending.IsCompleted && !access.Ended.IsCompleted)
            {
                // Proxies end connections on which nothing comes.
                var beat = Task.Delay(ServerSentEvents.Beat, time, ended.Token);
                if (await Task.WhenAny(sending, access.Ended, beat) == beat)
                    await WriteAsync(": \n\n"u8.ToArray(), ended.Token);
            }
            await ended.CancelAsync();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var code = sending.IsCompletedSuccessfully ? Code(sending.Result, session) : access.CloseCode;
            if (code != 0 && !cancellation.IsCancellationRequested)
                await context.Response.WriteAsync($"event: close\ndata: {code.ToString(CultureInfo.InvariantCulture)}\n\n", cancellation);
        }
        finally
        {
            session.Detach(viewer);
            context.Audit("terminal.left", "ok", $"terminal:{id}");
        }
        return Results.Empty;

        async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken token)
        {
            await writing.WaitAsync(token);
            var writer = context.Response.BodyWriter;
            writer.Write("data: "u8);
            Base64.EncodeToUtf8(frame.Span, writer.GetSpan(Base64.GetMaxEncodedToUtf8Length(frame.Length)), out _, out var written);
            writer.Advance(written);
            writer.Write("\n\n"u8);
            await writer.FlushAsync(token);
            writing.Release();
        }

        async Task WriteAsync(byte[] bytes, CancellationToken token)
        {
            await writing.WaitAsync(token);
            context.Response.BodyWriter.Write(bytes);
            await context.Response.BodyWriter.FlushAsync(token);
            writing.Release();
        }
    }

    private static async Task<IResult> InputAsync(
        string id,
        TerminalInput input,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsWrite, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        var bytes = new byte[input.Data.Length];
        if (
            !ViewerKey.TryParse(input.Viewer, out var key)
            || input.Sequence < 0
            || !Convert.TryFromBase64String(input.Data, bytes, out var length)
            || length > ClientFrame.Longest
        )
            return Problems.Result(
                422,
                "invalid_request",
                "viewer: a key from HELLO is expected; sequence: a count; data: base64 of at most 64 KiB."
            );
        if (!session!.TakesInputOf(key))
            return Problems.Result(403, "read_only", "You may look at this terminal and not type in it.", "Ask its owner.");
        return await session.InputAsync(key, input.Sequence, bytes.AsMemory(0, length), cancellation) is { } next
            ? Results.Json(new TerminalInputTaken(next), ApiJson.Default.TerminalInputTaken)
            : Problems.Result(
                409,
                "input_gap",
                "Input before this sequence is missing; nothing was applied.",
                "Send from the sequence of HELLO on."
            );
    }

    private static IResult Search(string id, string? q, bool? regex, HttpContext context, TerminalService terminals)
    {
        var session = terminals.Find(id);
        if (context.Authorize(Permission.TerminalsView, TerminalAccess.Resource(context, terminals, session)) is { } refusal)
            return refusal;
        var cases = string.Equals(context.Request.Query["case"].ToString(), "true", StringComparison.OrdinalIgnoreCase);
        var result = session!.Search(new SearchQuery(q ?? "") { IsRegex = regex ?? false, MatchesCase = cases });
        if (result.Outcome == SearchOutcome.BadPattern)
            return Problems.Result(422, "bad_pattern", result.Message!);
        var outcome = result.Outcome switch
        {
            SearchOutcome.TooMany => "too_many",
            SearchOutcome.TimedOut => "timed_out",
            _ => "complete",
        };
        var matches = result.Matches.Select(match => new TerminalMatch(match.Line, match.Column, match.EndLine, match.EndColumn));
        return Results.Json(
            new TerminalSearch(result.Matches.Count, [.. matches], outcome, result.Message),
            ApiJson.Default.TerminalSearch
        );
    }

    private static (int, int)? Window(IQueryCollection query) =>
        int.TryParse(query["columns"], CultureInfo.InvariantCulture, out var columns)
        && int.TryParse(query["rows"], CultureInfo.InvariantCulture, out var rows)
            ? (columns, rows)
            : null;

    private static int Code(ViewEnd end, TerminalSession session) =>
        (int)(
            end switch
            {
                ViewEnd.Exited => session.Record.Exit?.Code == 0 ? CloseCode.Exited : CloseCode.ExitedOtherwise,
                ViewEnd.TooSlow => CloseCode.TooSlow,
                _ => CloseCode.Restart,
            }
        );
}
