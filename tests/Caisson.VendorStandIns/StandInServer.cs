using System.Collections.Concurrent;
using System.Net;
using Caisson.VendorStandIns.Anthropic;
using Caisson.VendorStandIns.Certificates;
using Caisson.VendorStandIns.OpenAi;
using Caisson.VendorStandIns.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Caisson.VendorStandIns;

/// <summary>
/// Stand-ins for what no test machine can reach: <c>api.anthropic.com</c>, <c>api.openai.com</c>, <c>chatgpt.com</c> and <c>example.org</c>, over TLS with
/// HTTP/1.1 and HTTP/2 on one port, told apart by the server name. Written from the vendors' published APIs; nothing here is the vendors'.
/// Every other host is answered 421 and written down, so that a test sees where a client tried to go.
/// </summary>
public sealed class StandInServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly StandInAuthority authority;
    private readonly ConcurrentQueue<SeenRequest> seen = new();

    private StandInServer(StandInOptions options)
    {
        authority = options.Authority ?? StandInAuthority.Create(TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
            kestrel.Listen(options.Listen, listen => Terminate(listen, authority));
        });
        app = builder.Build();
        app.Use((context, next) => RecordAsync(context, next, options.Seen));
        app.UseRouting();
        app.UseWebSockets();
        MessagesApi.Map(app, options.Keys);
        ResponsesApi.Map(app, options.Keys, options.WebSockets);
        ChatGptBackend.Map(app, options.Keys, options.WebSockets);
        ExampleSite.Map(app);
        app.MapFallback(context =>
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return context.Response.WriteAsync($"The stand-ins do not serve {context.Request.Host.Host}{context.Request.Path}.\n");
        });
    }

    /// <summary>Where the stand-ins listen.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The certificate authority to trust, PEM.</summary>
    public string CaPem => authority.Pem;

    /// <summary>All requests so far, oldest first.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. seen];

    /// <summary>Starts to listen. The caller disposes.</summary>
    public static async Task<StandInServer> StartAsync(StandInOptions options)
    {
        var server = new StandInServer(options);
        await server.app.StartAsync();
        var address = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.EndPoint = new IPEndPoint(options.Listen.Address, new Uri(address).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        authority.Dispose();
    }

    private static void Terminate(ListenOptions listen, StandInAuthority authority)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, name) => authority.LeafFor(name) });
    }

    private async Task RecordAsync(HttpContext context, RequestDelegate next, Action<SeenRequest>? report)
    {
        var isRecorded = false;
        // When the answer begins, because a WebSocket's end may be far off.
        context.Response.OnStarting(() =>
        {
            Record();
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        finally
        {
            Record();
        }

        void Record()
        {
            if (isRecorded)
                return;
            isRecorded = true;
            var request = context.Request;
            var record = new SeenRequest(
                request.Host.Host,
                request.Method,
                request.Path.Value ?? "",
                request.Protocol,
                VendorKeys.Fingerprint(context.PresentedKey()),
                context.Response.StatusCode
            );
            seen.Enqueue(record);
            report?.Invoke(record);
        }
    }
}
