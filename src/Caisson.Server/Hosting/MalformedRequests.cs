using System.Text.Json;
using Caisson.Sandboxes;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Hosting;

/// <summary>
/// Requests that no endpoint answers: an unknown address, a wrong method, a body that can't be read, or a failure before an endpoint was reached.
/// Answered as problems like all others.
/// </summary>
internal sealed partial class MalformedRequests(RequestDelegate next, ILogger<MalformedRequests> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            // The reader's message names place and member, never a value.
            var why = exception.InnerException is JsonException json ? json.Message : exception.Message;
            await Problems
                .Result(exception.StatusCode, Code(exception.StatusCode), $"The request is not understood: {why}")
                .ExecuteAsync(context);
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted && StorageFull.Is(exception))
        {
            await Problems.Full().ExecuteAsync(context);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
            return;
        }
#pragma warning disable CA1031 // The last line of defence: what fails here ends this request, is logged, and shows no internals.
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogBug(context.Request.Path, exception);
            await Problems
                .Result(500, "internal", $"An internal error occurred ({exception.GetType().Name}); the server's log has the details.")
                .ExecuteAsync(context);
            return;
        }
#pragma warning restore CA1031
        if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null } response)
            await Problems
                .Result(
                    response.StatusCode,
                    Code(response.StatusCode),
                    response.StatusCode == 415
                        ? "The body is of another type than this endpoint takes."
                        : $"There is no {context.Request.Method} {context.Request.Path} in this version's API.",
                    response.StatusCode == 415 ? "Send Content-Type: application/json." : "caisson version"
                )
                .ExecuteAsync(context);
    }

    private static string Code(int status) =>
        status switch
        {
            404 => "not_found",
            405 => "method_not_allowed",
            408 => "too_slow",
            413 => "too_large",
            415 => "unsupported_media_type",
            _ => "invalid_request",
        };

    [LoggerMessage(1, LogLevel.Error, "The request for {Path} failed before an endpoint answered")]
    private partial void LogBug(PathString path, Exception exception);
}
