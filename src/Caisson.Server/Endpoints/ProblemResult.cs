using Caisson.Api;

namespace Caisson.Server.Endpoints;

/// <summary>A problem, with the id of the request that met it.</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext) =>
        Results
            .Json(
                problem with
                {
                    RequestId = httpContext.TraceIdentifier,
                },
                ApiJson.Default.Problem,
                "application/problem+json",
                problem.Status
            )
            .ExecuteAsync(httpContext);
}
