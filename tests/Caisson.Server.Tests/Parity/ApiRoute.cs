using Caisson.Identity;
using Caisson.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Caisson.Server.Tests.Parity;

/// <summary>One endpoint as the server has it: nobody has to remember to add a new one here.</summary>
internal sealed record ApiRoute(string Method, string Path, string? Permission, bool TakesBody, int Rank)
{
    /// <summary>Later ones end what earlier ones need.</summary>
    private static readonly string[] Ending =
    [
        "DELETE /api/v1/terminals/{id}",
        "PUT /api/v1/workspaces/{id}/shares/{user}",
        "DELETE /api/v1/workspaces/{id}/shares/{user}",
        "POST /api/v1/jobs/{id}/cancel",
        "POST /api/v1/jobs/{id}/retry",
        "POST /api/v1/workspaces/{id}/restart",
        "POST /api/v1/workspaces/{id}/stop",
        "POST /api/v1/workspaces/{id}/start",
        "DELETE /api/v1/workspaces/{id}",
        "POST /api/v1/workspaces/{id}/restore",
        "POST /api/v1/users/{id}/disable",
        "POST /api/v1/auth/logout",
    ];

    public bool IsOfOneWorkspace =>
        Path.StartsWith("/api/v1/workspaces/{id}", StringComparison.Ordinal)
        || Path.StartsWith("/api/v1/workspaces/at/", StringComparison.Ordinal)
        || Path.StartsWith("/api/v1/jobs/{id}", StringComparison.Ordinal)
        || Path.StartsWith("/api/v1/terminals/{id}", StringComparison.Ordinal)
        || Path.StartsWith("/api/v1/recordings/{id}", StringComparison.Ordinal);

    /// <summary>What the handler asks about the workspace when the endpoint's own permission is about something else.</summary>
    public string? OnWorkspace => ToString() == "POST /api/v1/workspaces/{id}/duplicate" ? "files:read" : null;

    public bool IsSocket => Path.EndsWith("/ws", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";

    /// <summary>All that are not public, what ends something last.</summary>
    internal static IReadOnlyList<ApiRoute> All(IEnumerable<Endpoint> endpoints) =>
        [.. endpoints.OfType<RouteEndpoint>().SelectMany(Of).OrderBy(route => route.Rank)];

    private static IEnumerable<ApiRoute> Of(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":int}", "}", StringComparison.Ordinal);
        var requirement = endpoint.Metadata.GetMetadata<AccessRequirement>();
        requirement.ShouldNotBeNull($"{path} says not what it needs");
        if (requirement.IsPublic)
            return [];
        return endpoint
            .Metadata.GetMetadata<HttpMethodMetadata>()!
            .HttpMethods.Select(method => new ApiRoute(
                method,
                path,
                requirement.Permission?.Name(),
                endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null,
                Array.IndexOf(Ending, $"{method} {path}")
            ));
    }
}
