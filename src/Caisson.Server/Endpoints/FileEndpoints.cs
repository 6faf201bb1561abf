using System.Net;
using System.Net.Http.Headers;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Files;
using Caisson.Workspaces.Terminals;
using Microsoft.AspNetCore.Http.Metadata;

namespace Caisson.Server.Endpoints;

/// <summary>Files into and out of a workspace, one at a time.</summary>
internal static class FileEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Files");
        api.MapPost("/workspaces/{id}/uploads", UploadAsync)
            .Requires(Permission.FilesWrite)
            .LimitedAsUpload()
            .WithMetadata(new BodyLimit(WorkspaceFiles.LargestUpload))
            .Is("uploadFile", "Sends one file into a workspace")
            .Takes("application/octet-stream", "string")
            .Gives<UploadResponse>(201)
            .FailsWith("state_conflict", "length_required", "archive_refused", "copy_failed", "disconnected");
        api.MapGet("/workspaces/{id}/files", DownloadAsync)
            .Requires(Permission.FilesRead)
            .Is("downloadFile", "Fetches one file from a workspace")
            .ReadsHeader("Range", "A part of it: bytes=FROM-TO.", "bytes=0-99")
            .GivesBytes()
            .GivesBytes(206)
            .GivesNothing(416)
            .FailsWith("state_conflict", "too_large", "copy_failed", "disconnected");
    }

    private static async Task<IResult> UploadAsync(
        string id,
        string? name,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var place = terminals.Place(id);
        if (context.Authorize(Permission.FilesWrite, TerminalAccess.Resource(context, place)) is { } refusal)
            return refusal;
        if (place!.Sandbox is not { } sandbox)
            return Stopped(id);
        if (context.Request.ContentLength is not { } length)
            return Problems.Result(411, "length_required", "An upload has to say how long it is (Content-Length).");
        if (length > WorkspaceFiles.LargestUpload)
            return Problems.Result(
                413,
                "too_large",
                $"A file of {length} bytes is too large; {WorkspaceFiles.LargestUpload} are possible."
            );
        var path = await WorkspaceFiles.UploadAsync(sandbox, name ?? "", new SizedStream(context.Request.Body, length), cancellation);
        context.Audit("file.uploaded", "ok", $"workspace:{id}", path);
        return Results.Json(new UploadResponse(path), ApiJson.Default.UploadResponse, statusCode: 201);
    }

    private static async Task<IResult> DownloadAsync(
        string id,
        string? path,
        HttpContext context,
        TerminalService terminals,
        CancellationToken cancellation
    )
    {
        var place = terminals.Place(id);
        if (context.Authorize(Permission.FilesRead, TerminalAccess.Resource(context, place)) is { } refusal)
            return refusal;
        if (!place!.MayDownload)
        {
            context.Audit("file.downloaded", "refused", $"workspace:{id}", "files.download");
            return Problems.Result(
                403,
                "download_disabled",
                "The policy (files.download: false) lets nobody fetch files out of this workspace.",
                "Let what is wanted leave by another way that the policy allows, a push for instance, or ask the operator."
            );
        }
        if (place.Sandbox is not { } sandbox)
            return Stopped(id);
        IResult? problem = null;
        var found = await WorkspaceFiles.DownloadAsync(
            sandbox,
            path ?? "",
            async (size, content, token) => problem = await SendAsync(context, id, path!, size, content, token),
            cancellation
        );
        if (!found)
        {
            context.Audit("file.downloaded", "refused", $"workspace:{id}", path);
            return AccessAnswers.NotFound();
        }
        if (problem is not null)
            context.Audit("file.downloaded", "refused", $"workspace:{id}", path);
        return problem ?? Results.Empty;
    }

    private static async Task<IResult?> SendAsync(
        HttpContext context,
        string id,
        string path,
        long size,
        Stream content,
        CancellationToken cancellation
    )
    {
        if (size > WorkspaceFiles.LargestDownload)
            return Problems.Result(413, "too_large", $"The file has {size} bytes; {WorkspaceFiles.LargestDownload} are possible.");
        var response = context.Response;
        response.Headers.AcceptRanges = "bytes";
        var (from, to) = (0L, size - 1);
        if (
            RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var range)
            && range is { Unit: "bytes", Ranges.Count: 1 }
        )
        {
            var wish = range.Ranges.First();
            from = wish.From ?? Math.Max(0, size - (wish.To ?? 0));
            to = wish.From is null ? size - 1 : Math.Min(size - 1, wish.To ?? size - 1);
            if (from > to)
            {
                response.Headers.ContentRange = $"bytes */{size}";
                return Results.StatusCode((int)HttpStatusCode.RequestedRangeNotSatisfiable);
            }
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{to}/{size}";
        }
        response.ContentLength = to - from + 1;
        // Whatever is in it, a browser keeps it as a file and never shows it as a page of ours.
        response.ContentType = "application/octet-stream";
        response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(WorkspaceFiles.SafeName(path))}";
        // Before its first byte: who leaves half-way has seen half of it.
        context.Audit("file.downloaded", "ok", $"workspace:{id}", path);
        await CopyAsync(content, response.Body, from, to - from + 1, cancellation);
        return null;
    }

    private static async Task CopyAsync(Stream content, Stream target, long skip, long count, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await content.ReadAsync(buffer, cancellation);
            if (read == 0)
                throw new IOException("The file became shorter while it was read.");
            var from = (int)Math.Min(read, skip);
            skip -= from;
            var piece = buffer.AsMemory(from, (int)Math.Min(read - from, count));
            await target.WriteAsync(piece, cancellation);
            count -= piece.Length;
        }
    }

    private static IResult Stopped(string id) =>
        Problems.Result(409, "state_conflict", $"{id} does not run, so its files can't be reached.", "Start it first.");

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
