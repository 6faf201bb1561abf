using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>Composes the access layer. The numbers in its steps are the order in which a request passes them.</summary>
internal static class AccessLayer
{
    internal static void AddAccess(this IServiceCollection services, AccessConfiguration configuration, IdentityServices identity)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(identity);
        services.AddSingleton(identity.Access);
        services.AddSingleton<RateWindows>();
        services.AddSingleton<ProxyIdentity>();
        services.AddSingleton<OidcLogins>();
        services.AddSingleton<OidcEndpoints>();
        services.AddSingleton<ISessionRefresh>(provider => provider.GetRequiredService<OidcLogins>());
        services.AddSingleton<Subjects>();
    }

    /// <summary>After routing, before anything that answers.</summary>
    internal static void UseAccess(this IApplicationBuilder app)
    {
        app.UseMiddleware<ForwardedRequests>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HostCheck>();
        app.UseMiddleware<Authentication>();
        app.UseMiddleware<OriginCheck>();
        app.UseMiddleware<RateLimiting>();
        app.UseMiddleware<EndpointAccess>();
        app.UseMiddleware<SocketLimit>();
    }
}
