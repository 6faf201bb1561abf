using System.Text.Json;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Hosting;

/// <summary>Requests that no endpoint sees: an unknown address, a wrong method, a body that can't be read. Answered as problems like all others.</summary>
internal sealed class MalformedRequests(RequestDelegate next)
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
            await Problems.Result(exception.StatusCode, "invalid_request", $"The request is not understood: {why}").ExecuteAsync(context);
            return;
        }
        if (context.Response is { HasStarted: false, StatusCode: 404 or 405, ContentLength: null, ContentType: null } response)
            await Problems
                .Result(
                    response.StatusCode,
                    response.StatusCode == 404 ? "not_found" : "method_not_allowed",
                    $"There is no {context.Request.Method} {context.Request.Path} in this version's API.",
                    "caisson version"
                )
                .ExecuteAsync(context);
    }
}
