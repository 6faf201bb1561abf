using Caisson.Identity;
using Caisson.Identity.Audit;

namespace Caisson.Server.Access;

/// <summary>What endpoints ask the access layer.</summary>
internal static class HttpContextAccess
{
    private const int LongestReason = 200;

    /// <summary>Who asks. Never null behind an endpoint that is not public.</summary>
    internal static Subject Subject(this HttpContext context) =>
        Caller.Of(context).Subject ?? throw new InvalidOperationException("A public endpoint asked who its caller is.");

    /// <summary>
    /// Decides about one thing: null when it is allowed, else the answer. That is 404 for what doesn't exist (null) and for what the caller may not
    /// see, and 403 for what they see but may not do.
    /// </summary>
    internal static IResult? Authorize(this HttpContext context, Permission permission, Resource? resource)
    {
        var access = context.RequestServices.GetRequiredService<IAccess>();
        var subject = context.Subject();
        if (resource is null)
            return AccessAnswers.NotFound();
        var verdict = access.Decide(subject, permission, resource);
        if (!verdict.Allowed)
        {
            context.Audit("access.refused", "refused", $"{resource.Type}:{resource.Id}", $"{permission.Name()}: {verdict.Reason}");
            var sees = resource.Type == "user" ? Permission.UsersRead : Permission.WorkspacesRead;
            return access.Decide(subject, sees, resource).Allowed ? AccessAnswers.Forbidden(permission, verdict) : AccessAnswers.NotFound();
        }
        if (!verdict.NeedsReason)
            return null;
        if (Reason(context) is not { } reason)
            return AccessAnswers.ReasonRequired();
        context.Audit("admin.view", "ok", $"{resource.Type}:{resource.Id}", $"{permission.Name()}: {reason}", actingFor: resource.OwnerId);
        return null;
    }

    /// <summary>Whether the caller may; for what a list holds.</summary>
    internal static bool May(this HttpContext context, Permission permission, Resource resource) =>
        context.RequestServices.GetRequiredService<IAccess>().Decide(context.Subject(), permission, resource).Allowed;

    /// <summary>Why an admin looks, as they gave it; browsers can't set headers when they open a socket.</summary>
    internal static string? Reason(HttpContext context)
    {
        var text = context.Request.Headers["X-Caisson-Reason"].ToString();
        if (text.Length == 0)
            text = context.Request.Query["reason"].ToString();
        text = new string([.. text.Where(character => !char.IsControl(character))]).Trim();
        return text.Length == 0 ? null : text[..Math.Min(text.Length, LongestReason)];
    }

    /// <summary>Records what somebody did, or tried, before it is answered.</summary>
    internal static void Audit(
        this HttpContext context,
        string action,
        string outcome,
        string? what = null,
        string? reason = null,
        string? actor = null,
        string? actingFor = null,
        string? before = null,
        string? after = null
    )
    {
        var caller = Caller.Of(context);
        context
            .RequestServices.GetRequiredService<IdentityServices>()
            .Log.Add(
                new AccessEvent
                {
                    Action = action,
                    Actor = actor ?? caller.Subject?.UserId ?? "anonymous",
                    ActingFor = actingFor,
                    Source = caller.Source,
                    Peer = caller.OverSocket ? "unix" : caller.Peer?.ToString(),
                    Agent = context.Request.Headers.UserAgent.ToString(),
                    Request = context.TraceIdentifier,
                    Object = what,
                    Outcome = outcome,
                    Reason = reason,
                    Before = before,
                    After = after,
                }
            );
    }
}
