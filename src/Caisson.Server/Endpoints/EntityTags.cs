using System.Globalization;

namespace Caisson.Server.Endpoints;

/// <summary>Versions of changeable things: <c>ETag</c> in answers, <c>If-Match</c> in changes.</summary>
internal static class EntityTags
{
    internal static void Set(HttpContext context, long version) =>
        context.Response.Headers.ETag = $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <returns>The version, or the answer for a request without one.</returns>
    internal static (long Version, IResult? Refusal) Expected(HttpContext context)
    {
        var match = context.Request.Headers.IfMatch.ToString();
        if (match.Length == 0)
            return (0, Problems.Result(428, "precondition_required", "If-Match is missing.", "Send the ETag of the last GET."));
        return long.TryParse(match.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (version, null)
            : (0, Changed());
    }

    internal static IResult Changed() =>
        Problems.Result(412, "changed", "It has changed since it was read.", "Read it again, then change it.");
}
