using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Access;

public sealed class RightsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task AStranger_LearnsNothing_AndAViewerIsToldWhatIsMissing()
    {
        await using var lab = await AccessLab.StartAsync();
        var owner = lab.Person("owner@example.com");
        var guest = lab.Person("guest@example.com");
        using var own = lab.Browser(owner);
        using var viewer = lab.Browser(guest);
        using var stranger = lab.Browser(lab.Person("stranger@example.com"));
        var there = $"/api/v1/lab/{owner.Id}/{LabWorkspace.Id}?guest={guest.Id}";
        var nowhere = $"/api/v1/lab/{owner.Id}/w-none";

        (await own.GetStringAsync(there)).ShouldBe("seen");
        (await (await own.PostAsync(there, null)).Content.ReadAsStringAsync()).ShouldBe("changed");
        (await viewer.GetStringAsync(there)).ShouldBe("seen");
        using var refused = await viewer.PostAsync(there, null);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("workspaces:write");
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var hidden = await stranger.SendAsync(new HttpRequestMessage(method, there));
            using var missing = await stranger.SendAsync(new HttpRequestMessage(method, nowhere));
            hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await Answer.TextAsync(hidden)).ShouldBe(await Answer.TextAsync(missing));
        }
    }

    [Fact]
    public async Task AnAdmin_SaysWhy_BeforeLooking_AndItIsRecorded()
    {
        await using var lab = await AccessLab.StartAsync();
        var owner = lab.Person("owner@example.com");
        using var admin = lab.WithToken(AccessLab.Token);
        var there = $"/api/v1/lab/{owner.Id}/{LabWorkspace.Id}";

        using var silent = await admin.GetAsync(there);
        silent.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await silent.Content.ReadAsStringAsync()).ShouldContain("reason_required");
        admin.DefaultRequestHeaders.Add("X-Caisson-Reason", "ticket 4711");
        (await admin.GetStringAsync(there)).ShouldBe("seen");

        var view = lab.Identity.Log.Newest(1, action: "admin.view").ShouldHaveSingleItem().Event;
        view.ActingFor.ShouldBe(owner.Id);
        view.Reason.ShouldBe("terminals:view: ticket 4711");
        view.Actor.ShouldBe(lab.Local.Id);
    }

    [Fact]
    public async Task AdminView_CanBeTurnedOff()
    {
        await using var lab = await AccessLab.StartAsync(new AuthOptions { AdminView = false });
        using var admin = lab.WithToken(AccessLab.Token);
        admin.DefaultRequestHeaders.Add("X-Caisson-Reason", "ticket 4711");
        (await admin.GetAsync($"/api/v1/lab/{lab.Person("o@example.com").Id}/{LabWorkspace.Id}")).StatusCode.ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task AMember_CanNotReachWhatIsForAdmins()
    {
        await using var lab = await AccessLab.StartAsync();
        using var member = lab.Browser(lab.Person("a@example.com"));
        foreach (var path in new[] { "/api/v1/users", $"/api/v1/users/{lab.Local.Id}/disable" })
        {
            using var response = await member.SendAsync(
                new HttpRequestMessage(path.EndsWith("users", StringComparison.Ordinal) ? HttpMethod.Get : HttpMethod.Post, path)
            );
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Detail.ShouldContain("users:");
        }
        lab.Actions().Count(action => action == "access.refused").ShouldBe(2);
    }

    [Fact]
    public async Task TheLastAdmin_Stays()
    {
        await using var lab = await AccessLab.StartAsync();
        using var admin = lab.WithToken(AccessLab.Token);
        var last = lab.Person("admin@example.com", SiteRoles.Admin);
        using var demoted = await admin.PatchAsync(
            $"/api/v1/users/{last.Id}",
            JsonContent.Create(new UserRolesRequest(["member"]), AccessJson.Default.UserRolesRequest)
        );
        using var disabled = await admin.PostAsync($"/api/v1/users/{last.Id}/disable", null);

        foreach (var response in new[] { demoted, disabled })
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Code.ShouldBe("last_admin");
        }
        lab.Identity.Users.Find(last.Id)!.Disabled.ShouldBeNull();
    }

    [Fact]
    public async Task People_AreListedInPages()
    {
        await using var lab = await AccessLab.StartAsync();
        for (var index = 0; index < 5; index++)
            lab.Person($"p{index}@example.com");
        using var admin = lab.WithToken(AccessLab.Token);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (
                await admin.GetFromJsonAsync($"/api/v1/users?q=example&limit=2&cursor={cursor}".TrimEnd('='), AccessJson.Default.UserPage)
            )!;
            page.Total.ShouldBe(5);
            seen.AddRange(page.Items.Select(user => user.Address));
            cursor = page.Next;
        } while (cursor is not null);
        seen.ShouldBe(Enumerable.Range(0, 5).Select(index => $"p{index}@example.com"));
        (await admin.GetAsync("/api/v1/users?limit=201")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await admin.GetAsync("/api/v1/users?cursor=%21")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task ALeaver_IsOut_WithTokenCookieAndOpenSocket()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        var (_, token) = lab.Identity.Tokens.Create(person.Id, "ci", ["workspaces:read"], TimeSpan.FromDays(1));
        using var browser = lab.Browser(person);
        using var script = lab.WithToken(token);
        using var socket = await OpenAsync(lab, browser, person);
        using var admin = lab.WithToken(AccessLab.Token);

        using var response = await admin.PostAsync($"/api/v1/users/{person.Id}/disable", null);

        var answer = await response.Content.ReadFromJsonAsync(AccessJson.Default.DisabledResponse);
        answer!.Results.Select(item => (item.Name, item.Detail)).ShouldBe([("sessions", "1 ended"), ("tokens", "1 revoked")]);
        answer.User.Disabled.ShouldNotBeNull();
        (await CloseCodeAsync(socket)).ShouldBe(4401);
        (await browser.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await script.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var again = await admin.PostAsync($"/api/v1/users/{person.Id}/disable", null);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnOpenSocket_Closes_WhenTheRoleGoes()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var browser = lab.Browser(person);
        using var socket = await OpenAsync(lab, browser, person);
        using var admin = lab.WithToken(AccessLab.Token);

        await admin.PatchAsync(
            $"/api/v1/users/{person.Id}",
            JsonContent.Create(new UserRolesRequest(["auditor"]), AccessJson.Default.UserRolesRequest)
        );

        (await CloseCodeAsync(socket)).ShouldBe(4403);
    }

    [Fact]
    public async Task AnOpenSocket_Closes_WithinAMinute_OfWhatNobodyTold()
    {
        await using var lab = await AccessLab.StartAsync();
        var person = lab.Person("a@example.com");
        using var browser = lab.Browser(person);
        using var socket = await OpenAsync(lab, browser, person);

        // As another server of the same database would.
        lab.Identity.Sessions.EndAllOf(person.Id);
        lab.Time.Advance(TimeSpan.FromMinutes(1));

        (await CloseCodeAsync(socket)).ShouldBe(4401);
    }

    private static async Task<ClientWebSocket> OpenAsync(AccessLab lab, HttpClient browser, User owner)
    {
        var socket = new ClientWebSocket();
        foreach (var name in new[] { "Cookie", "Origin" })
            socket.Options.SetRequestHeader(name, browser.DefaultRequestHeaders.GetValues(name).Single());
        var address = new UriBuilder(lab.Address) { Scheme = "ws", Path = $"/api/v1/lab/{owner.Id}/{LabWorkspace.Id}/socket" };
        using var limit = new CancellationTokenSource(Limit);
        await socket.ConnectAsync(address.Uri, limit.Token);
        (await socket.ReceiveAsync(new byte[16], limit.Token)).Count.ShouldBe(4);
        return socket;
    }

    private static async Task<int> CloseCodeAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        (await socket.ReceiveAsync(new byte[16], limit.Token)).MessageType.ShouldBe(WebSocketMessageType.Close);
        return (int)socket.CloseStatus!;
    }
}
