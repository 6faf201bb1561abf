using Caisson.Api;
using Caisson.Server.Access;
using Caisson.Server.Endpoints;
using Microsoft.AspNetCore.Http.Metadata;

namespace Caisson.Server.Documentation;

/// <summary>Which problems an endpoint can answer with: those that it names, and those that its kind has by the layers in front of it.</summary>
internal static class ImpliedProblems
{
    /// <summary>Adds them to each endpoint of a group.</summary>
    internal static RouteGroupBuilder DescribesProblems(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(builder =>
        {
            if (builder is not RouteEndpointBuilder route)
                return;
            foreach (var status in Codes(route).Select(code => code.Status).Distinct().Order())
                builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), ["application/problem+json"]));
        });
        return group;
    }

    /// <summary>Codes of an endpoint with the status that each has there.</summary>
    internal static IReadOnlyList<(string Code, int Status)> Of(IList<object> metadata, string pattern, bool hasPlace, string method)
    {
        var isPublic = metadata.OfType<AccessRequirement>().LastOrDefault() is { IsPublic: true };
        var changes = method is not ("GET" or "HEAD");
        var isApi = pattern.StartsWith("/api/", StringComparison.Ordinal);
        var body = metadata.OfType<IAcceptsMetadata>().Any() || metadata.OfType<TakesBody>().Any();
        var codes = new List<string> { "host_mismatch", "ambiguous_identity", "invalid_email" };
        if (!isPublic)
            codes.AddRange(["not_signed_in", "permission_denied"]);
        if (changes)
            codes.AddRange(["bad_origin", Caisson.Sandboxes.StorageFull.Code]);
        if (isApi || metadata.OfType<RateClass>().Any())
            codes.Add("rate_limited");
        if (hasPlace)
            codes.Add("not_found");
        if (isApi)
            codes.AddRange(["invalid_request", "internal"]);
        if (body)
            codes.AddRange(["too_large", "too_slow", "unsupported_media_type"]);
        codes.AddRange(metadata.OfType<Fails>().SelectMany(fails => fails.Codes));
        return
        [
            .. codes.Distinct(StringComparer.Ordinal).Select(code => (code, ProblemCodes.All[code].Status)),
            // What can't be read at all, as a number that is none.
            .. isApi ? [("invalid_request", StatusCodes.Status400BadRequest)] : Array.Empty<(string, int)>(),
        ];
    }

    private static IReadOnlyList<(string Code, int Status)> Codes(RouteEndpointBuilder route) =>
        Of(
            route.Metadata,
            "/" + (route.RoutePattern.RawText ?? "").TrimStart('/'),
            route.RoutePattern.Parameters.Count > 0,
            route.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods.FirstOrDefault() ?? "GET"
        );
}
