using System.Net;

namespace Caisson.Server.Access;

/// <summary>
/// Before the server listens: every endpoint says what it needs, public ones are on the list, and the layer answers 401 to a request for each of
/// the others that carries no identity. Handlers don't run.
/// </summary>
internal static class StartupSelfTest
{
    /// <summary>Patterns of endpoints that need nobody. Files of the web app are no endpoints.</summary>
    internal static IReadOnlyList<string> Public { get; } =
    [
        "/livez",
        "/readyz",
        "/healthz",
        "/login/oidc/{provider}",
        "/login/oidc/{provider}/callback",
        "/api/v1/auth/link",
        "/api/v1/auth/devices",
        "/api/v1/auth/devices/token",
        "/api/v1/auth/providers",
        "/api/v1/auth/backchannel/{provider}",
    ];

    /// <exception cref="InvalidDataException">Something would be open; names it. The server must not start.</exception>
    internal static async Task RunAsync(IServiceProvider services, IEnumerable<Endpoint> endpoints)
    {
        var builder = new ApplicationBuilder(services);
        builder.UseAccess();
        builder.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
        var layer = builder.Build();
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + (endpoint.RoutePattern.RawText ?? "").Trim('/');
            var requirement = endpoint.Metadata.GetMetadata<AccessRequirement>();
            if (requirement is null)
                throw Open(pattern, "says not what it needs");
            if (requirement.IsPublic && !Public.Contains(pattern, StringComparer.Ordinal))
                throw Open(pattern, "is public but not on the list of public endpoints");
            if (
                !requirement.IsPublic
                && await AskAsync(layer, services, endpoint, pattern) is not StatusCodes.Status401Unauthorized and var status
            )
                throw Open(pattern, $"answers {status} to a request without identity");
        }
    }

    private static async Task<int> AskAsync(RequestDelegate layer, IServiceProvider services, Endpoint endpoint, string pattern)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.FirstOrDefault() ?? "GET";
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("localhost");
        context.Request.Path = pattern;
        // An address of nobody (RFC 5737), so that the counting of requests touches no caller.
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        context.Response.Body = Stream.Null;
        context.SetEndpoint(endpoint);
        await layer(context);
        return context.Response.StatusCode;
    }

    private static InvalidDataException Open(string pattern, string why) =>
        new($"The endpoint {pattern} {why}. This is a bug: the server does not start with it.");
}
