using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>A real HTTP server on loopback that plays one or more hosts and remembers what reached it.</summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly List<Seen> seen = [];
    private readonly Lock gate = new();

    private TestUpstream(WebApplication application) => this.application = application;

    public sealed record Seen(string Method, string Target, string Protocol, Dictionary<string, string> Headers, string Body);

    public IReadOnlyList<string> Overrides { get; private set; } = [];
    public int Port { get; private set; }

    public IReadOnlyList<Seen> Requests
    {
        get
        {
            lock (gate)
                return [.. seen];
        }
    }

    public static Task<TestUpstream> StartAsync(params string[] hosts) => StartAsync(hosts, handler: null);

    public static async Task<TestUpstream> StartAsync(
        string[] hosts,
        RequestDelegate? handler,
        bool tls = true,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        X509Certificate2? certificate = null,
        System.Security.Authentication.SslProtocols? versions = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (tls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = protocols;
                    if (tls)
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = certificate ?? TestAuthority.Shared.Issue(hosts[0]);
                            if (versions is { } only)
                                https.SslProtocols = only;
                        });
                }
            );
        });
        var upstream = new TestUpstream(builder.Build());
        upstream.application.UseWebSockets();
        upstream.application.Run(context => upstream.HandleAsync(context, handler));
        await upstream.application.StartAsync();
        upstream.Port = new Uri(upstream.application.Urls.First()).Port;
        upstream.Overrides = [.. hosts.Select(host => $"{host}:{(tls ? 443 : 80)}:127.0.0.1:{upstream.Port}")];
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        try
        {
            await application.StopAsync(atOnce.Token);
        }
        catch (OperationCanceledException)
        {
            // Connections that tests left open.
        }
        await application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context, RequestDelegate? handler)
    {
        var request = context.Request;
        if (handler is not null)
        {
            Remember(context, "");
            await handler(context);
            return;
        }
        var body = await new StreamReader(request.Body).ReadToEndAsync();
        Remember(context, body);
        await context.Response.WriteAsync($"hello from {request.Host} {request.Method} {Target(context)}");
    }

    private void Remember(HttpContext context, string body)
    {
        lock (gate)
            seen.Add(
                new Seen(
                    context.Request.Method,
                    Target(context),
                    context.Request.Protocol,
                    context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                    body
                )
            );
    }

    private static string Target(HttpContext context) => context.Features.Get<IHttpRequestFeature>()!.RawTarget;
}
