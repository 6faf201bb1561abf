using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Identity;

namespace Caisson.Server.Tests.Access;

public sealed class TokenEndpointsTests
{
    [Fact]
    public async Task AToken_IsShownOnce_ReadsByDefault_AndCanBeRevoked()
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));

        using var made = await CreateAsync(browser, new NewTokenRequest("ci", null, null));

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var token = (await made.Content.ReadFromJsonAsync(AccessJson.Default.TokenResponse))!;
        token.Scopes.ShouldBe(["workspaces:read"]);
        (token.Expires - token.Created).ShouldBe(TimeSpan.FromDays(90));
        using var script = lab.WithToken(token.Token!);
        var me = await script.GetFromJsonAsync("/api/v1/me", AccessJson.Default.MeResponse);
        me!.Permissions.ShouldBe(["workspaces:read", "jobs:read", "templates:read"]);
        me.Session.ShouldBeNull();
        (await script.GetAsync("/api/v1/me/tokens")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var listed = (await browser.GetStringAsync("/api/v1/me/tokens"));
        listed.ShouldContain(token.Id);
        listed.ShouldNotContain(token.Token!);
        listed.ShouldContain("127.0.0.1");
        (await browser.DeleteAsync($"/api/v1/me/tokens/{token.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await script.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        lab.Actions().Where(action => action.StartsWith("token.")).ShouldBe(["token.revoked", "token.used", "token.created"]);
    }

    [Fact]
    public async Task AToken_CanNotMakeTokens_AndNeverExceedsItsUser()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        var (_, text) = lab.Identity.Tokens.Create(person.Id, "all", ["admin"], TimeSpan.FromDays(1));
        using var script = lab.WithToken(text);

        using var made = await CreateAsync(script, new NewTokenRequest("more", ["admin"], null));

        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await script.GetAsync("/api/v1/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        lab.Identity.Users.SetRoles(person.Id, [SiteRoles.Admin]);
        (await script.GetAsync("/api/v1/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
        lab.Identity.Users.SetRoles(person.Id, []);
        lab.Person("other@example.com", SiteRoles.Admin);
        lab.Identity.Users.SetRoles(person.Id, []);
        (await script.GetAsync("/api/v1/me/tokens")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AnOldLogin_MakesNoToken()
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        lab.Time.Advance(TimeSpan.FromMinutes(11));

        using var made = await CreateAsync(browser, new NewTokenRequest("ci", null, null));

        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await made.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Code.ShouldBe("login_too_old");
    }

    [Theory]
    [InlineData("", null, null, "name: ")]
    [InlineData("a\nb", null, null, "name: ")]
    [InlineData("ci", "everything", null, "scopes: 'everything' is none of admin, audit:read")]
    [InlineData("ci", null, 0, "days: ")]
    [InlineData("ci", null, 366, "days: ")]
    public async Task WrongWishes_AreNamed(string name, string? scope, int? days, string error)
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        using var made = await CreateAsync(browser, new NewTokenRequest(name, scope is null ? null : [scope], days));
        made.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await made.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Errors.ShouldHaveSingleItem().ShouldStartWith(error);
    }

    [Fact]
    public async Task OnesOwnSessions_AreListed_AndEnded_AndNobodyElses()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var here = lab.Browser(person);
        using var elsewhere = lab.Browser(person);
        using var stranger = lab.Browser(lab.Person("b@example.com"));
        var sessions = (await here.GetFromJsonAsync("/api/v1/me/sessions", AccessJson.Default.IReadOnlyListSessionResponse))!;
        sessions.Count.ShouldBe(2);
        var other = sessions.Single(session => !session.Current);

        (await stranger.DeleteAsync($"/api/v1/me/sessions/{other.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await elsewhere.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await here.DeleteAsync($"/api/v1/me/sessions/{other.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await elsewhere.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, NewTokenRequest request) =>
        client.PostAsJsonAsync("/api/v1/me/tokens", request, AccessJson.Default.NewTokenRequest);
}
