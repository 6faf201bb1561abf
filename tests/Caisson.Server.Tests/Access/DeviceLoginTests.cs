using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Identity;

namespace Caisson.Server.Tests.Access;

/// <summary>Signing a command line in through a browser.</summary>
public sealed class DeviceLoginTests
{
    private static readonly NewDeviceLogin Elsewhere = new("ada-laptop", ["workspaces:read", "terminals:view"], null, null);

    private static readonly NewDeviceLogin Here = Elsewhere with { Port = 43117, State = "abc123" };

    [Fact]
    public async Task ALogin_IsApprovedInABrowser_AndGivesATokenOnce()
    {
        await using var lab = await AccessLab.StartAsync();
        var ada = lab.Person("a@example.com");
        using var browser = lab.Browser(ada);
        using var machine = lab.Client();
        var login = await BeginAsync(machine, Elsewhere);
        (await FetchAsync(machine, login)).Problem.ShouldBe("authorization_pending");

        var shown = await browser.GetFromJsonAsync(
            $"/api/v1/auth/devices/{login.UserCode.Replace("-", "").ToLowerInvariant()}",
            AccessJson.Default.DeviceLoginView
        );
        (shown!.Name, shown.Address, shown.Scopes.Count).ShouldBe(("ada-laptop", "127.0.0.1", 2));
        (await AnswerAsync(browser, login, approve: true)).ShouldBe((HttpStatusCode.OK, null));

        var (token, _) = await FetchAsync(machine, login);
        token!.Name.ShouldBe("ada-laptop");
        token.Scopes.ShouldBe(["terminals:view", "workspaces:read"]);
        using var script = lab.WithToken(token.Token!);
        (await script.GetFromJsonAsync("/api/v1/me", AccessJson.Default.MeResponse))!.Id.ShouldBe(ada.Id);
        (await FetchAsync(machine, login)).Problem.ShouldBe("device_code_expired");
        (await AnswerAsync(browser, login, approve: true)).Status.ShouldBe(HttpStatusCode.NotFound);
        lab.Actions().ShouldContain("login.device_approved");

        // Signing out takes the token back.
        (await script.PostAsync("/api/v1/auth/logout", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await script.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WhereTheBrowserIsOnTheMachine_OnlyWhatCameBackThereFetchesTheToken()
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        using var machine = lab.Client();
        var login = await BeginAsync(machine, Here);

        var redirect = (await AnswerAsync(browser, login, approve: true)).Redirect!;

        redirect.ShouldStartWith("http://127.0.0.1:43117/?state=abc123&code=");
        // Who only sent the link to somebody has no such code.
        (await FetchAsync(machine, login)).Problem.ShouldBe("authorization_pending");
        (await FetchAsync(machine, login, "guessed")).Problem.ShouldBe("authorization_pending");
        (await FetchAsync(machine, login, redirect[(redirect.IndexOf("code=", StringComparison.Ordinal) + 5)..])).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task ARefusedLogin_AndOneThatIsOver_GiveNothing()
    {
        await using var lab = await AccessLab.StartAsync();
        using var browser = lab.Browser(lab.Person("a@example.com"));
        using var machine = lab.Client();
        var refused = await BeginAsync(machine, Here);
        (await AnswerAsync(browser, refused, approve: false)).Redirect.ShouldBe("http://127.0.0.1:43117/?state=abc123&error=access_denied");
        (await FetchAsync(machine, refused)).Problem.ShouldBe("access_denied");

        var late = await BeginAsync(machine, Elsewhere);
        lab.Time.Advance(TimeSpan.FromMinutes(10));
        (await FetchAsync(machine, late)).Problem.ShouldBe("device_code_expired");

        // An old session approves nothing, as it makes no tokens.
        var old = await BeginAsync(machine, Elsewhere);
        lab.Time.Advance(TimeSpan.FromMinutes(1));
        (await AnswerAsync(browser, old, approve: true)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await FetchAsync(machine, old)).Problem.ShouldBe("authorization_pending");
    }

    [Fact]
    public async Task ATokenApprovesNoLogin_AndADisabledPersonGetsNone()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var browser = lab.Browser(person);
        using var machine = lab.Client();
        var (_, text) = lab.Identity.Tokens.Create(person.Id, "all", ["admin"], TimeSpan.FromDays(1));
        using var script = lab.WithToken(text);
        var login = await BeginAsync(machine, Elsewhere);
        (await AnswerAsync(script, login, approve: true)).Status.ShouldBe(HttpStatusCode.Forbidden);

        (await AnswerAsync(browser, login, approve: true)).Status.ShouldBe(HttpStatusCode.OK);
        lab.Person("boss@example.com", SiteRoles.Admin);
        lab.Identity.Users.Disable(person.Id);
        (await FetchAsync(machine, login)).Problem.ShouldBe("device_code_expired");
    }

    [Fact]
    public async Task AnAdminsToken_IsNotForACommandLine()
    {
        await using var lab = await AccessLab.StartAsync();
        using var machine = lab.Client();
        using var response = await machine.PostAsJsonAsync(
            "/api/v1/auth/devices",
            new NewDeviceLogin("a", ["workspaces:read", "admin"], null, null),
            AccessJson.Default.NewDeviceLogin
        );
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Errors!.ShouldHaveSingleItem().ShouldContain("'admin'");
    }

    [Theory]
    [InlineData("", null, null, "name:")]
    [InlineData("a\u001b[31m", null, null, "name:")]
    [InlineData("a", 70000, "a", "port:")]
    [InlineData("a", 80, null, "state:")]
    [InlineData("a", 80, "a&b=c", "state:")]
    public async Task WhatMakesNoSense_IsNamed(string name, int? port, string? state, string field)
    {
        await using var lab = await AccessLab.StartAsync();
        using var machine = lab.Client();
        using var response = await machine.PostAsJsonAsync(
            "/api/v1/auth/devices",
            new NewDeviceLogin(name, null, port, state),
            AccessJson.Default.NewDeviceLogin
        );
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Errors!.ShouldContain(error => error.StartsWith(field));
    }

    private static async Task<DeviceLoginResponse> BeginAsync(HttpClient machine, NewDeviceLogin request)
    {
        using var response = await machine.PostAsJsonAsync("/api/v1/auth/devices", request, AccessJson.Default.NewDeviceLogin);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await response.Content.ReadFromJsonAsync(AccessJson.Default.DeviceLoginResponse))!;
    }

    private static async Task<(TokenResponse? Token, string? Problem)> FetchAsync(
        HttpClient machine,
        DeviceLoginResponse login,
        string? code = null
    )
    {
        using var response = await machine.PostAsJsonAsync(
            "/api/v1/auth/devices/token",
            new DeviceTokenRequest(login.DeviceCode, code),
            AccessJson.Default.DeviceTokenRequest
        );
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync(AccessJson.Default.TokenResponse), null)
            : (null, (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Code);
    }

    private static async Task<(HttpStatusCode Status, string? Redirect)> AnswerAsync(
        HttpClient browser,
        DeviceLoginResponse login,
        bool approve
    )
    {
        using var response = await browser.PostAsJsonAsync(
            $"/api/v1/auth/devices/{login.UserCode}",
            new DeviceAnswerRequest(approve),
            AccessJson.Default.DeviceAnswerRequest
        );
        return (
            response.StatusCode,
            response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync(AccessJson.Default.DeviceAnswerResponse))!.Redirect
                : null
        );
    }
}
