using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Terminals.Recordings;
using Caisson.Terminals.Screen;
using Caisson.Workspaces.Recordings;

namespace Caisson.Server.Endpoints;

/// <summary>What a recording holds: as asciicast from any moment on, also while it goes on; its marks, pauses and sizes; a search.</summary>
internal static class RecordingContent
{
    private const int MostMatches = 1000;
    private const int MostText = 200;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/recordings/{id}/cast", CastAsync)
            .Requires(Permission.RecordingsRead)
            .Is("readRecording", "The events of a recording as asciicast v3 or v2, or its text")
            .GivesCast();
        api.MapGet("/recordings/{id}/index", IndexAsync)
            .Requires(Permission.RecordingsRead)
            .Is("getRecordingIndex", "What a player needs: marks, pauses, sizes")
            .Gives<RecordingIndex>();
        api.MapGet("/recordings/{id}/search", SearchAsync)
            .Requires(Permission.RecordingsRead)
            .Is("searchRecording", "The moments at which a text was printed")
            .Gives<RecordingMatches>();
    }

    /// <summary>Its events. From a later moment on they begin with the screen as it was then.</summary>
    private static async Task<IResult> CastAsync(
        string id,
        string? format,
        double? from,
        double? to,
        bool? follow,
        bool? download,
        HttpContext context,
        RecordingService recordings,
        CancellationToken cancellation
    )
    {
        if (RecordingEndpoints.Find(id, Permission.RecordingsRead, context, recordings, out var info) is { } refusal)
            return refusal;
        CastFormat? wanted = format switch
        {
            null or "v3" => CastFormat.V3,
            "v2" => CastFormat.V2,
            "txt" => CastFormat.Text,
            _ => null,
        };
        if (wanted is null || from is < 0 || to < (from ?? 0))
            return Problems.Result(422, "invalid_request", "format: v3, v2 or txt; from, to: seconds, and to is not before from.");
        context.Audit(download == true ? "recording.exported" : "recording.viewed", "ok", $"recording:{id}", format);
        var response = context.Response;
        response.ContentType = wanted == CastFormat.Text ? "text/plain; charset=utf-8" : "application/x-asciicast";
        if (download == true)
            response.Headers.ContentDisposition = $"attachment; filename={id}.{(wanted == CastFormat.Text ? "txt" : "cast")}";
        var events = recordings.ReadAsync(info!, follow == true && wanted != CastFormat.Text, cancellation);
        var (start, end) = (TimeSpan.FromSeconds(from ?? 0), to is { } last ? TimeSpan.FromSeconds(last) : TimeSpan.MaxValue);
        try
        {
            if (wanted == CastFormat.Text)
                await WriteTextAsync(info!, events, end, response.BodyWriter, cancellation);
            else
                await WriteCastAsync(info!, events, wanted.Value, start, end, response.BodyWriter, cancellation);
        }
        catch (CryptographicException)
        {
            // The answer has begun; that it is cut off says that something is wrong, and verifying says what.
            context.Audit("recording.damaged", "failed", $"recording:{id}");
            context.Abort();
        }
        return Results.Empty;
    }

    private static async Task WriteCastAsync(
        RecordingInfo info,
        IAsyncEnumerable<CastEvent> events,
        CastFormat format,
        TimeSpan start,
        TimeSpan end,
        PipeWriter output,
        CancellationToken cancellation
    )
    {
        var writer = new CastWriter(output, format);
        var player = start > TimeSpan.Zero ? new CastPlayer(info.Columns, info.Rows) : null;
        if (player is null)
            writer.Head(info.Columns, info.Rows, info.Started, info.Label);
        await foreach (var next in events)
        {
            if (next.Time > end)
                break;
            if (next.Time < start)
            {
                player!.Play(next);
                continue;
            }
            if (player is not null)
                Begin(writer, player, info, start);
            player = null;
            writer.Write(next);
            if (output.UnflushedBytes > 64 * 1024 || info.Ended is null)
                await output.FlushAsync(cancellation);
        }
        if (player is not null)
            Begin(writer, player, info, start);
        await output.FlushAsync(cancellation);
    }

    private static void Begin(CastWriter writer, CastPlayer player, RecordingInfo info, TimeSpan start)
    {
        writer.Head(player.Screen.Columns, player.Screen.Rows, info.Started, info.Label, start);
        var screen = new ArrayBufferWriter<byte>();
        Snapshot.Write(player.Screen, screen, SnapshotPart.Full);
        writer.Write(new CastEvent(start, CastEvent.Output, Encoding.UTF8.GetString(screen.WrittenSpan)));
    }

    private static async Task WriteTextAsync(
        RecordingInfo info,
        IAsyncEnumerable<CastEvent> events,
        TimeSpan end,
        PipeWriter output,
        CancellationToken cancellation
    )
    {
        var player = new CastPlayer(info.Columns, info.Rows, TerminalScreen.MaximumScrollback);
        await foreach (var next in events)
        {
            if (next.Time > end)
                break;
            player.Play(next);
        }
        foreach (var line in player.Lines())
            output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        await output.FlushAsync(cancellation);
    }

    private static async Task<IResult> IndexAsync(
        string id,
        HttpContext context,
        RecordingService recordings,
        CancellationToken cancellation
    )
    {
        if (RecordingEndpoints.Find(id, Permission.RecordingsRead, context, recordings, out var info) is { } refusal)
            return refusal;
        context.Audit("recording.viewed", "ok", $"recording:{id}", "index");
        var marks = new List<RecordingMark>();
        var pauses = new List<RecordingPause>();
        var sizes = new List<RecordingSize> { new(0, info!.Columns, info.Rows) };
        var last = TimeSpan.Zero;
        await foreach (var next in recordings.ReadAsync(info, follow: false, cancellation))
        {
            if (next.Code == CastEvent.Mark && next.Data.Split(' ', 3) is [var kind, var mark, var text])
                marks.Add(new RecordingMark(next.Time.TotalSeconds, kind, mark == "-" ? null : mark, text));
            else if (next.Size is var (columns, rows))
                sizes.Add(new RecordingSize(next.Time.TotalSeconds, columns, rows));
            if (next.Time - last > s_pause)
                pauses.Add(new RecordingPause(last.TotalSeconds, next.Time.TotalSeconds));
            last = next.Time;
        }
        return Results.Json(
            new RecordingIndex(RecordingEndpoints.Response(recordings.Find(id) ?? info, recordings), marks, pauses, sizes),
            ApiJson.Default.RecordingIndex
        );
    }

    /// <summary>Where a text was printed, without regard to case.</summary>
    private static async Task<IResult> SearchAsync(
        string id,
        string? q,
        HttpContext context,
        RecordingService recordings,
        CancellationToken cancellation
    )
    {
        if (RecordingEndpoints.Find(id, Permission.RecordingsRead, context, recordings, out var info) is { } refusal)
            return refusal;
        if (q is not { Length: > 0 and <= MostText })
            return Problems.Result(422, "invalid_request", $"q: a text of 1 to {MostText} characters is expected.");
        context.Audit("recording.viewed", "ok", $"recording:{id}", "search");
        var matches = new List<RecordingMatch>();
        var text = new PlainText();
        await foreach (var next in recordings.ReadAsync(info!, follow: false, cancellation))
        {
            if (next.Code != CastEvent.Output)
                continue;
            foreach (var (time, line) in text.Take(next))
                Look(time, line);
            if (matches.Count > MostMatches)
                break;
        }
        Look(text.Rest.Time, text.Rest.Line);
        var complete = matches.Count <= MostMatches;
        return Results.Json(
            new RecordingMatches(Math.Min(matches.Count, MostMatches), [.. matches.Take(MostMatches)], complete),
            ApiJson.Default.RecordingMatches
        );

        void Look(TimeSpan time, string line)
        {
            if (line.Contains(q, StringComparison.OrdinalIgnoreCase))
                matches.Add(new RecordingMatch(time.TotalSeconds, line[..Math.Min(line.Length, MostText)]));
        }
    }
}
