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
            return Result(Status(exception.Code), exception.Code, exception.Message, exception.Fix, exception.Details);
        }
        catch (Exception exception) when (StorageFull.Is(exception))
        {
            LogFull(context.HttpContext.Request.Path, exception.Message);
            return Full();
        }
        catch (InitException exception)
        {
            return Result(
                exception.Code is "not_found" or "not_executable" or "no_such_process" ? 404 : 502,
                exception.Code,
                exception.Message
            );
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.StatusCode(499);
        }
#pragma warning disable CA1031 // The last line of defence: one request's bug ends that request, is logged, and shows no internals.
        catch (Exception exception)
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

    private static int Status(string code) =>
        code switch
        {
            "unknown_sandbox"
            or "unknown_workspace"
            or "unknown_template"
            or "unknown_agent"
            or "unknown_policy"
            or "unknown_credential"
            or "unknown_process" => 404,
            "policy_invalid"
            or "invalid_request"
            or "shell_not_found"
            or "not_supported"
            or "credential_missing"
            or "agent_not_installed" => 422,
            "template_invalid" or "invalid_parameters" or "idempotency_mismatch" => 422,
            "invalid_transition" or "name_taken" or "home_gone" => 409,
            "protected_path" or "patch_conflict" or "state_conflict" or "plan_changed" => 409,
            "recording_unavailable" => 507,
            "limit" or "terminal_limit" or "viewer_limit" or "memory_pressure" => 429,
            StorageFull.Code => 507,
            "isolation_unavailable" or "isolation_unverified" or "limits_unavailable" or "sandbox_not_ready" or "launch_failed" => 503,
            _ => 500,
        };

    [LoggerMessage(1, LogLevel.Error, "The request for {Path} failed")]
    private partial void LogBug(PathString path, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The request for {Path} found the disk full: {Cause}")]
    private partial void LogFull(PathString path, string cause);
}
