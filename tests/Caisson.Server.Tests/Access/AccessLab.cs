using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Credentials;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Hosting;
using Caisson.Server.Web;
using Caisson.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caisson.Server.Tests.Access;

/// <summary>The access layer on a real loopback port, with its own endpoints and one workspace to be allowed or refused, on a clock that tests move.</summary>
internal sealed class AccessLab : IAsyncDisposable
{
    internal const string Token = "0123456789abcdef0123456789abcdef";
    internal static readonly AuthOptions Proxy = new()
    {
        Mode = "proxy",
        Trusted = [IPNetwork.Parse("127.0.0.0/8")],
        PublicUrl = new Uri("https://caisson.example"),
        Admins = ["boss@example.com"],
    };

    private readonly TemporaryHome _home = new();
    private readonly Database _database;
    private readonly WebApplication _app;

    private AccessLab(DateTimeOffset? now, AuthOptions auth, RateLimits limits, Action<RouteGroupBuilder, AccessLab>? map)
    {
        Time = new ManualTime(now ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        _database = Database.Open(_home.File("state.db"));
        Identity = new IdentityServices(_database, Time, auth.AdminView);
        Local = Identity.Users.Local("root");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AccessJson.Default));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddAccess(
            new AccessConfiguration
            {
                Auth = auth,
                Local = Local,
                Token = new AccessToken(new Secret(Token), "Authorization: Bearer $(cat $CAISSON_HOME/token)"),
                Listen = new IPEndPoint(IPAddress.Loopback, 7180),
                ProxySecret = auth.ProxySecret is null ? null : "open sesame",
                OidcSecrets = new Dictionary<string, string> { ["corp"] = "a secret & more" },
                Limits = limits,
            },
            Identity
        );
        _app = builder.Build();
        _app.UseWebSockets();
        _app.UseRouting();
        _app.UseMiddleware<MalformedRequests>();
        _app.UseAccess();
        _app.UseMiddleware<WebApp>(WebRoot);
        _app.MapGet("/livez", () => "ok\n").Public();
        var api = _app.MapGroup("/api/v1");
        AuthEndpoints.Map(api);
        MeEndpoints.Map(api);
        TokenEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        UserEndpoints.Map(api);
        OidcEndpoints.Map(_app, api, _app.Services);
        LabWorkspace.Map(api);
        map?.Invoke(api, this);
    }

    public ManualTime Time { get; }

    public IdentityServices Identity { get; }

    public User Local { get; }

    public string WebRoot => _home.File("web");

    public Uri Address => new(_app.Urls.Single());

    public IServiceProvider Services => _app.Services;

    public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    public static async Task<AccessLab> StartAsync(
        AuthOptions? auth = null,
        RateLimits? limits = null,
        Action<RouteGroupBuilder, AccessLab>? map = null,
        DateTimeOffset? now = null
    )
    {
        var lab = new AccessLab(now, auth ?? new AuthOptions(), limits ?? new RateLimits(), map);
        await lab._app.StartAsync();
        return lab;
    }

    /// <summary>A client that sends nothing by itself: no cookie, no Origin.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    public User Person(string address, params string[] roles) =>
        Identity.Users.Ensure(address, address, roles.Length == 0 ? [SiteRoles.Member] : roles);

    /// <summary>Somebody's browser: their cookie, and Origin as our own pages send it.</summary>
    public HttpClient Browser(User user)
    {
        var (_, cookie) = Identity.Sessions.Start(
            new()
            {
                UserId = user.Id,
                Address = "127.0.0.1",
                Agent = "lab",
            }
        );
        return Browser(cookie);
    }

    public HttpClient Browser(string cookie)
    {
        var client = Client();
        client.DefaultRequestHeaders.Add("Cookie", $"caisson={cookie}");
        client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        return client;
    }

    public HttpClient WithToken(string token)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public IReadOnlyList<string> Actions() => [.. Identity.Log.Newest(100).Select(recorded => recorded.Event.Action)];

    /// <summary>Uses a login link as the login page does.</summary>
    public async Task<HttpResponseMessage> LoginAsync(string token, string? cookie = null)
    {
        using var client = cookie is null ? Client() : Browser(cookie);
        if (cookie is null)
            client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        return await client.PostAsJsonAsync("/api/v1/auth/link", new LinkRequest(token), AccessJson.Default.LinkRequest);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _database.Dispose();
        _home.Dispose();
    }
}
