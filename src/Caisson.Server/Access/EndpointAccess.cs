using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>(7) Whether the caller may use this endpoint at all. Fails closed: what says nothing is refused.</summary>
internal sealed class EndpointAccess(RequestDelegate next, AccessConfiguration configuration, IAccess access)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var caller = Caller.Of(context);
        var requirement = endpoint?.Metadata.GetMetadata<AccessRequirement>();
        if (
            requirement is { IsPublic: true }
            || (endpoint is null && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        )
            return next(context);
        if (caller.Subject is not { } subject)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return AccessAnswers.NotSignedIn(configuration).ExecuteAsync(context);
        }
        // Known to somebody who is signed in: there is no such address.
        if (endpoint is null)
            return next(context);
        // Routing's own answers (405, 415) are no routes and do nothing; a route that says nothing can't have passed the self-test.
        if (requirement is null)
            return endpoint is RouteEndpoint ? AccessAnswers.NotFound().ExecuteAsync(context) : next(context);
        if (requirement.Permission is not { } permission)
            return next(context);
        var verdict = access.Decide(subject, permission, null);
        if (verdict.Allowed)
            return next(context);
        context.Audit("access.refused", "refused", context.Request.Path, $"{permission.Name()}: {verdict.Reason}");
        return AccessAnswers.Forbidden(permission, verdict).ExecuteAsync(context);
    }
}
