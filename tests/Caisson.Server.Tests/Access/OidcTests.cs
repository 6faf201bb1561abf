using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Identity.Oidc;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Access;

/// <summary>Against a provider that we did not write. Bad tokens, which it does not make, are in <c>TokenCheckTests</c>.</summary>
public sealed class OidcTests(OidcTests.Running running) : IClassFixture<OidcTests.Running>
{
    private const string Public = "http://caisson.test";
    private const string Me = "/api/v1/me";

    /// <summary>One provider for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal RealProvider Provider { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Provider = await RealProvider.StartAsync($"{Public}/login/oidc/corp/callback");

        public ValueTask DisposeAsync() => Provider.DisposeAsync();
    }

    private RealProvider Provider => running.Provider;

    [Fact]
    public async Task SigningIn_MakesAPersonWithASession_AndGoesWhereTheyWanted()
    {
        await using var lab = await LabAsync();
        await Provider.IsAsync(
            new
            {
                sub = "alice",
                email = "Alice@Example.com",
                email_verified = true,
            }
        );

        var login = await LoginAsync(lab, "/w/1");

        login.Status.ShouldBe(HttpStatusCode.Redirect);
        login.Location.ShouldBe("/w/1");
        var me = await MeAsync(lab, login.Cookie!);
        me.Address.ShouldBe("alice@example.com");
        me.Name.ShouldBe("Alice");
        me.Roles.ShouldBe(["member"]);
        (await MeAsync(lab, (await LoginAsync(lab)).Cookie!)).Id.ShouldBe(me.Id);
        await Provider.IsAsync(
            new
            {
                sub = "alice",
                email = "married@example.com",
                email_verified = true,
            }
        );
        (await MeAsync(lab, (await LoginAsync(lab)).Cookie!)).Id.ShouldBe(me.Id, "whatever the address becomes");
    }

    [Fact]
    public async Task AnotherSubject_WithAKnownAddress_IsRefused_UntilLinked()
    {
        await using var lab = await LabAsync();
        await Provider.IsAsync(
            new
            {
                sub = "first",
                email = "same@example.com",
                email_verified = true,
            }
        );
        var first = await MeAsync(lab, (await LoginAsync(lab)).Cookie!);
        await Provider.IsAsync(
            new
            {
                sub = "second",
                email = "same@example.com",
                email_verified = true,
            }
        );

        var login = await LoginAsync(lab);

        login.Status.ShouldBe(HttpStatusCode.Forbidden);
        login.Body.ShouldContain("identity_conflict");
        login.Cookie.ShouldBeNull();
        using var admin = lab.WithToken(AccessLab.Token);
        using var linked = await admin.PostAsJsonAsync(
            $"/api/v1/users/{first.Id}/subjects",
            new UserLinkRequest(Provider.Issuer, "second"),
            AccessJson.Default.UserLinkRequest
        );
        linked.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await MeAsync(lab, (await LoginAsync(lab)).Cookie!)).Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task WhoIsNotVerified_NotOfTheDomain_OrNotInTheGroup_IsRefused_AndWhyIsOnRecord()
    {
        await using var lab = await LabAsync(provider => provider with { AllowedDomains = ["example.com"], RequiredGroup = "staff" });
        foreach (
            var (person, why) in new (object, string)[]
            {
                (
                    new
                    {
                        sub = "u1",
                        email = "u1@example.com",
                        email_verified = false,
                        groups = new[] { "staff" },
                    },
                    "email_verified"
                ),
                (
                    new
                    {
                        sub = "u2",
                        email = "u2@example.org",
                        email_verified = true,
                        groups = new[] { "staff" },
                    },
                    "email: its domain"
                ),
                (
                    new
                    {
                        sub = "u3",
                        email = "u3@example.com",
                        email_verified = true,
                        groups = new[] { "guests" },
                    },
                    "groups: "
                ),
            }
        )
        {
            await Provider.IsAsync(person);
            var login = await LoginAsync(lab);
            login.Status.ShouldBe(HttpStatusCode.Unauthorized);
            login.Cookie.ShouldBeNull();
            login.Body.ShouldNotContain(why);
            lab.Identity.Log.Newest(1, action: "login").Single().Event.Reason.ShouldNotBeNull().ShouldStartWith(why);
        }
    }

    [Fact]
    public async Task ARemovedGroup_LosesItsRole_WithinAQuarterOfAnHour()
    {
        await using var lab = await LabAsync(provider =>
            provider with
            {
                RoleMap = new Dictionary<string, string> { ["ops"] = "operator" },
            }
        );
        await Provider.IsAsync(
            new
            {
                sub = "olga",
                email = "olga@example.com",
                email_verified = true,
                groups = new[] { "ops" },
            }
        );
        var login = await LoginAsync(lab);
        (await MeAsync(lab, login.Cookie!)).Roles.ShouldBe(["member", "operator"]);
        await Provider.IsAsync(
            new
            {
                sub = "olga",
                email = "olga@example.com",
                email_verified = true,
                groups = new[] { "staff" },
            }
        );

        lab.Time.Advance(TimeSpan.FromMinutes(14));

        (await MeAsync(lab, login.Cookie!)).Roles.ShouldBe(["member"]);
        await Provider.IsAsync(
            new
            {
                sub = "olga",
                email = "olga@example.com",
                email_verified = true,
                groups = new[] { "ops" },
            }
        );
        lab.Time.Advance(TimeSpan.FromMinutes(14));
        (await MeAsync(lab, login.Cookie!)).Roles.ShouldBe(["member", "operator"], "and gets it back");
        await Provider.IsAsync(
            new
            {
                sub = "somebody-else",
                email = "olga@example.com",
                email_verified = true,
            }
        );
        lab.Time.Advance(TimeSpan.FromMinutes(14));
        using var browser = lab.Browser(login.Cookie!);
        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "the provider does not know them any more");
        lab.Identity.Sessions.Of(lab.Identity.Users.FindByAddress("olga@example.com")!.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhileTheProviderIsAway_ItsOldWordLetsNobodyIn_AndTheSessionWaits()
    {
        AccessLab lab;
        string cookie;
        await using (var provider = await RealProvider.StartAsync($"{Public}/login/oidc/corp/callback"))
        {
            lab = await LabAsync(options => options with { Issuer = provider.Issuer, RequiredGroup = "staff" });
            cookie = (await LoginAsync(lab, provider)).Cookie!;
        }
        await using var ending = lab;
        var me = await MeAsync(lab, cookie);
        using var browser = lab.Browser(cookie);

        lab.Time.Advance(TimeSpan.FromMinutes(14));

        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        lab.Identity.Sessions.Find(me.Session!.Id).ShouldNotBeNull();
    }

    [Fact]
    public async Task TheProvidersLogout_EndsThatSession()
    {
        await using var lab = await LabAsync();
        await Provider.IsAsync(
            new
            {
                sub = "lena",
                email = "lena@example.com",
                email_verified = true,
            }
        );
        var login = await LoginAsync(lab);
        var me = await MeAsync(lab, login.Cookie!);
        var session = lab.Identity.Sessions.Find(me.Session!.Id)!;
        session.ProviderSession.ShouldNotBeNull();

        using var sent = await Provider.SendLogoutAsync(
            new Uri(lab.Address, "/api/v1/auth/backchannel/corp"),
            "lena",
            session.ProviderSession
        );

        sent.StatusCode.ShouldBe(HttpStatusCode.OK, await sent.Content.ReadAsStringAsync());
        using var browser = lab.Browser(login.Cookie!);
        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        lab.Actions().ShouldContain("logout.provider");
    }

    [Fact]
    public async Task LoggingOut_LeadsToTheProvidersOwnEnd()
    {
        await using var lab = await LabAsync();
        await Provider.IsAsync(
            new
            {
                sub = "lars",
                email = "lars@example.com",
                email_verified = true,
            }
        );
        var login = await LoginAsync(lab);
        using var browser = lab.Browser(login.Cookie!);

        using var response = await browser.PostAsync("/api/v1/auth/logout", null);

        (await response.Content.ReadFromJsonAsync(AccessJson.Default.LogoutResponse))!.EndSession.ShouldStartWith(
            $"{Provider.Issuer}/session/end?client_id=caisson"
        );
        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task AnAnswer_ThatThisBrowserDidNotAskFor_IsRefused()
    {
        await using var lab = await LabAsync();
        await Provider.IsAsync(
            new
            {
                sub = "mia",
                email = "mia@example.com",
                email_verified = true,
            }
        );
        var (back, cookie) = await BeginAsync(lab, Provider, "/");

        (await FinishAsync(lab, back, null)).Status.ShouldBe(HttpStatusCode.Unauthorized, "another browser");
        (await FinishAsync(lab, back, cookie)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await FinishAsync(lab, back, cookie)).Status.ShouldBe(HttpStatusCode.Unauthorized, "a second time");
        (await FinishAsync(lab, "/login/oidc/corp/callback?code=x&state=y", "caisson-login=y")).Status.ShouldBe(
            HttpStatusCode.Unauthorized
        );
        (await FinishAsync(lab, "/login/oidc/none/callback?code=x&state=y", "caisson-login=y")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AForgedLogout_EndsNothing()
    {
        await using var lab = await LabAsync();
        using var client = lab.Client();
        using var form = new FormUrlEncodedContent([new("logout_token", "a.b.c")]);
        (await client.PostAsync("/api/v1/auth/backchannel/corp", form)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        (await client.PostAsync("/api/v1/auth/backchannel/corp", json)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task AProviderThatIsAway_IsSaidInWords()
    {
        await using var lab = await LabAsync(provider => provider with { Issuer = "http://127.0.0.1:1" });
        using var client = lab.Client();
        using var response = await client.GetAsync("/login/oidc/corp");
        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync()).ShouldContain("caisson auth link --admin");
    }

    [Fact]
    public async Task TheLoginPage_KnowsTheProviders()
    {
        await using var lab = await LabAsync();
        using var client = lab.Client();
        (await client.GetFromJsonAsync("/api/v1/auth/providers", AccessJson.Default.IReadOnlyListLoginProvider)).ShouldBe([
            new LoginProvider("corp", "Corp", "/login/oidc/corp"),
        ]);
    }

    private Task<AccessLab> LabAsync(Func<OidcProviderOptions, OidcProviderOptions>? change = null)
    {
        var provider = new OidcProviderOptions
        {
            Name = "corp",
            Title = "Corp",
            Issuer = Provider.Issuer,
            ClientId = "caisson",
            ClientSecret = "env:X",
            Scopes = ["openid", "email", "profile", "groups"],
        };
        return AccessLab.StartAsync(
            new AuthOptions
            {
                Mode = "oidc",
                PublicUrl = new Uri(Public),
                Oidc = [change is null ? provider : change(provider)],
            },
            now: TimeProvider.System.GetUtcNow()
        );
    }

    private Task<Login> LoginAsync(AccessLab lab, string next = "/") => LoginAsync(lab, Provider, next);

    private static async Task<Login> LoginAsync(AccessLab lab, RealProvider provider, string next = "/")
    {
        var (back, cookie) = await BeginAsync(lab, provider, next);
        return await FinishAsync(lab, back, cookie);
    }

    private static async Task<(string Back, string Cookie)> BeginAsync(AccessLab lab, RealProvider provider, string next)
    {
        using var client = lab.Client();
        using var begun = await client.GetAsync($"/login/oidc/corp?next={Uri.EscapeDataString(next)}");
        begun.StatusCode.ShouldBe(HttpStatusCode.Redirect, await begun.Content.ReadAsStringAsync());
        var cookie = begun.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldContain("path=/login/oidc; samesite=lax; httponly");
        var back = await provider.BrowseAsync(begun.Headers.Location!);
        back.GetLeftPart(UriPartial.Path).ShouldBe($"{Public}/login/oidc/corp/callback");
        return (back.PathAndQuery, cookie.Split(';')[0]);
    }

    private static async Task<Login> FinishAsync(AccessLab lab, string back, string? cookie)
    {
        using var client = lab.Client();
        client.DefaultRequestHeaders.Host = "caisson.test";
        if (cookie is not null)
            client.DefaultRequestHeaders.Add("Cookie", cookie);
        using var response = await client.GetAsync(back);
        var session = response.Headers.TryGetValues("Set-Cookie", out var cookies)
            ? cookies.FirstOrDefault(line => line.StartsWith("caisson=", StringComparison.Ordinal))
            : null;
        return new Login(
            response.StatusCode,
            response.Headers.Location?.OriginalString,
            session?.Split(';')[0].Split('=', 2)[1],
            await response.Content.ReadAsStringAsync()
        );
    }

    private static async Task<MeResponse> MeAsync(AccessLab lab, string cookie)
    {
        using var browser = lab.Browser(cookie);
        return (await browser.GetFromJsonAsync(Me, AccessJson.Default.MeResponse))!;
    }

    private sealed record Login(HttpStatusCode Status, string? Location, string? Cookie, string Body);
}
