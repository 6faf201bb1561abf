using Caisson.Api;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;

namespace Caisson.Server.Endpoints;

/// <summary>Every failure of an endpoint as problem details: a stable code, words and a remedy, never a stack trace.</summary>
internal sealed partial class Problems(ILogger<Problems> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (SandboxException exception)
        {
            return Result(ProblemCodes.StatusOf(exception.Code), exception.Code, exception.Message, exception.Fix, exception.Details);
        }
        catch (Exception exception) when (StorageFull.Is(exception))
        {
            LogFull(context.HttpContext.Request.Path, exception.Message);
            return Full();
        }
        catch (InitException exception)
        {
            // Other codes than these are PID 1's own trouble.
            var status = ProblemCodes.All.TryGetValue(exception.Code, out var known) ? known.Status : 502;
            return Result(status, exception.Code, exception.Message);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // A stream that somebody left has begun its answer.
            return context.HttpContext.Response.HasStarted ? Results.Empty : Results.StatusCode(499);
        }
#pragma warning disable CA1031 // The last line of defence: one request's bug ends that request, is logged, and shows no internals.
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            LogBug(context.HttpContext.Request.Path, exception);
            return Result(500, "internal", $"An internal error occurred ({exception.GetType().Name}); the server's log has the details.");
        }
#pragma warning restore CA1031
    }

    internal static IResult Full() =>
        Result(507, StorageFull.Code, "No space is left on the disk that holds Caisson's data.", StorageFull.Fix);

    internal static IResult Result(int status, string code, string detail, string? fix = null, IReadOnlyList<string>? errors = null) =>
        new ProblemResult(
            new Problem
            {
                Title = code,
                Status = status,
                Code = code,
                Detail = detail,
                Fix = fix,
                Errors = errors ?? [],
            }
        );

    [LoggerMessage(1, LogLevel.Error, "The request for {Path} failed")]
    private partial void LogBug(PathString path, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The request for {Path} found the disk full: {Cause}")]
    private partial void LogFull(PathString path, string cause);
}
