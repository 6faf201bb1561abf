using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Access;

public sealed class SignInTests
{
    private const string Me = "/api/v1/me";

    [Fact]
    public async Task ALoginLink_SetsACookie_ThatScriptsAndOtherSitesDontGet()
    {
        await using var lab = await AccessLab.StartAsync();

        using var response = await lab.LoginAsync(lab.Identity.Links.New(lab.Local.Id));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var cookie = response.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldMatch("^caisson=[A-Za-z0-9_-]{43}; expires=Sun, 08 Mar 2026 12:00:00 GMT; path=/; samesite=lax; httponly$");
        using var browser = lab.Browser(Value(cookie));
        var me = await browser.GetFromJsonAsync(Me, AccessJson.Default.MeResponse);
        me!.Address.ShouldBe("local");
        me.Session.ShouldNotBeNull().Notice.ShouldBeNull();
        lab.Actions().ShouldContain("login");
    }

    [Fact]
    public async Task OverHttps_TheCookieIsBoundToTheHost()
    {
        await using var lab = await AccessLab.StartAsync(new AuthOptions { PublicUrl = new Uri("https://caisson.example") });
        using var client = lab.Client();
        client.DefaultRequestHeaders.Host = "caisson.example";
        client.DefaultRequestHeaders.Add("Origin", "https://caisson.example");

        using var response = await client.PostAsJsonAsync(
            "/api/v1/auth/link",
            new LinkRequest(lab.Identity.Links.New(lab.Local.Id)),
            AccessJson.Default.LinkRequest
        );

        var cookie = response.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldStartWith("__Host-caisson=");
        cookie.ShouldContain("; path=/; secure; samesite=lax; httponly");
        response.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"]);
    }

    [Fact]
    public async Task ASecondUseOfALink_IsRefused_Recorded_AndToldToTheFirstSession()
    {
        await using var lab = await AccessLab.StartAsync();
        var token = lab.Identity.Links.New(lab.Local.Id);
        using var first = await lab.LoginAsync(token);

        using var second = await lab.LoginAsync(token);

        second.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        second.Headers.Contains("Set-Cookie").ShouldBeFalse();
        lab.Identity.Log.Newest(10, action: "login.link_reused").ShouldHaveSingleItem().Event.ActingFor.ShouldBe(lab.Local.Id);
        using var browser = lab.Browser(Value(first.Headers.GetValues("Set-Cookie").Single()));
        (await browser.GetFromJsonAsync(Me, AccessJson.Default.MeResponse))!.Session!.Notice.ShouldBe("login.link_reused");
    }

    [Fact]
    public async Task ASessionWhoseLinkWasReused_IsMarked_InEachOfItsOwnersSessions_UntilTheyDismissIt()
    {
        await using var lab = await AccessLab.StartAsync();
        var token = lab.Identity.Links.New(lab.Local.Id);
        using var first = await lab.LoginAsync(token);
        using var browser = lab.Browser(Value(first.Headers.GetValues("Set-Cookie").Single()));
        using var elsewhere = lab.Browser(lab.Local);
        using var stranger = lab.Browser(lab.Person("b@example.com"));
        (await Sessions(browser)).ShouldAllBe(session => session.LinkReused == null);
        lab.Time.Advance(TimeSpan.FromMinutes(3));
        using var second = await lab.LoginAsync(token);

        var marked = (await Sessions(elsewhere)).Single(session => session.LinkReused is not null);
        marked.Id.ShouldBe((await Sessions(browser)).Single(session => session.Current).Id);
        marked.LinkReused.ShouldBe(new LinkReuse(lab.Time.GetUtcNow(), "127.0.0.1"));
        (await NoticeOf(elsewhere)).ShouldBe("login.link_reused");
        (await NoticeOf(stranger)).ShouldBeNull();
        (await stranger.DeleteAsync($"/api/v1/me/sessions/{marked.Id}/notice")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Sessions(browser)).ShouldContain(session => session.LinkReused != null);

        (await browser.DeleteAsync($"/api/v1/me/sessions/{marked.Id}/notice")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await Sessions(elsewhere)).ShouldAllBe(session => session.LinkReused == null);
        (await NoticeOf(browser)).ShouldBeNull();
        lab.Actions().ShouldContain("session.notice_dismissed");
        (await browser.DeleteAsync($"/api/v1/me/sessions/{marked.Id}/notice")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        static async Task<IReadOnlyList<SessionResponse>> Sessions(HttpClient client) =>
            (await client.GetFromJsonAsync("/api/v1/me/sessions", AccessJson.Default.IReadOnlyListSessionResponse))!;
        static async Task<string?> NoticeOf(HttpClient client) =>
            (await client.GetFromJsonAsync(Me, AccessJson.Default.MeResponse))!.Session!.Notice;
    }

    [Fact]
    public async Task ALogin_EndsTheSessionThatTheBrowserHad()
    {
        await using var lab = await AccessLab.StartAsync();
        using var first = await lab.LoginAsync(lab.Identity.Links.New(lab.Local.Id));
        var old = Value(first.Headers.GetValues("Set-Cookie").Single());

        using var second = await lab.LoginAsync(lab.Identity.Links.New(lab.Local.Id), old);

        second.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var browser = lab.Browser(old);
        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_EndsTheSession()
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));

        using var response = await browser.PostAsync("/api/v1/auth/logout", null);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await browser.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        lab.Actions().ShouldContain("logout");
    }

    [Fact]
    public async Task EveryWrongLink_GetsTheSameAnswer()
    {
        await using var lab = await AccessLab.StartAsync();
        lab.Person("admin@example.com", SiteRoles.Admin);
        var disabled = lab.Person("gone@example.com");
        lab.Identity.Users.Disable(disabled.Id);
        var old = lab.Identity.Links.New(lab.Local.Id);
        lab.Time.Advance(TimeSpan.FromMinutes(10));
        var used = lab.Identity.Links.New(lab.Local.Id);
        using var use = await lab.LoginAsync(used);

        var answers = new List<string>();
        foreach (var token in new[] { "nonsense", old, used, lab.Identity.Links.New(disabled.Id) })
        {
            using var response = await lab.LoginAsync(token);
            response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            answers.Add($"{response.StatusCode} {await Answer.TextAsync(response)}");
        }

        answers.Distinct().ShouldHaveSingleItem().ShouldStartWith("Unauthorized");
    }

    [Fact]
    public async Task NobodyIsKnown_ByNothing_NorByWhatIsWrong_OldOrTakenAway_AndTheAnswerIsTheSame()
    {
        await using var lab = await AccessLab.StartAsync();
        lab.Person("admin@example.com", SiteRoles.Admin);
        var person = lab.Person("a@example.com");
        var gone = lab.Person("gone@example.com");
        var (_, token) = lab.Identity.Tokens.Create(person.Id, "ci", ["admin"], TimeSpan.FromDays(1));
        using var expired = lab.Browser(person);
        using var disabled = lab.Browser(gone);
        lab.Identity.Users.Disable(gone.Id);
        lab.Time.Advance(TimeSpan.FromDays(2));
        using var anonymous = lab.Client();
        using var wrongCookie = lab.Browser(new string('x', 43));
        using var wrongToken = lab.WithToken(token[..^1] + "!");
        using var expiredToken = lab.WithToken(token);
        using var basic = lab.Client();
        basic.DefaultRequestHeaders.Authorization = new("Basic", "cm9vdDpyb290");

        var answers = new List<string>();
        foreach (var client in new[] { anonymous, expired, disabled, wrongCookie, wrongToken, expiredToken, basic })
        {
            using var response = await client.GetAsync(Me);
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            answers.Add($"{response.StatusCode} {await Answer.TextAsync(response)}");
        }

        answers.Distinct().ShouldHaveSingleItem().ShouldStartWith("Unauthorized");
        (await anonymous.GetAsync("/api/v1/nowhere")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await anonymous.GetStringAsync("/livez")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task AChangeOfRoles_GivesTheBrowserANewCookie()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var browser = lab.Browser(person);
        using var admin = lab.WithToken(AccessLab.Token);

        using var change = await admin.PatchAsync(
            $"/api/v1/users/{person.Id}",
            JsonContent.Create(new UserRolesRequest(["operator"]), AccessJson.Default.UserRolesRequest)
        );

        change.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var next = await browser.GetAsync(Me);
        using var renewed = lab.Browser(Value(next.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem()));
        (await renewed.GetFromJsonAsync(Me, AccessJson.Default.MeResponse))!.Roles.ShouldBe(["operator"]);
        lab.Identity.Log.Newest(1, action: "user.roles").Single().Event.After.ShouldBe("operator");
    }

    private static string Value(string cookie) => cookie.Split(';')[0].Split('=', 2)[1];
}
