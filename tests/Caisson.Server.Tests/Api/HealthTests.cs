using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Sandboxes.Doctor;
using Caisson.Server.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Caisson.Server.Tests.Api;

public sealed class HealthTests(HealthTests.Running running) : IClassFixture<HealthTests.Running>
{
    /// <summary>One server for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal ServerLab Lab { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Lab = await ServerLab.StartAsync();

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }

    private ServerLab Lab => running.Lab;

    [Fact]
    public async Task AnAdmin_SeesWhatDoctorSees_AndAMemberNothingOfTheMachine()
    {
        using var admin = Lab.Local();
        using var member = MemberOf("member@example.com");

        var all = await HealthAsync(admin);
        var some = await HealthAsync(member);

        all.Items.Select(check => check.Code).ShouldBeSubsetOf(some.Items.Select(check => check.Code));
        foreach (var finding in MachineFindings.All(Lab.Home).Concat(Lab.Server.Drivers.SelectMany(driver => driver.Diagnose())))
        {
            var check = all.Items.Single(check => check.Code == finding.Code);
            check.Fix.ShouldBe(finding.Fix, finding.Code);
            if (!finding.Code.StartsWith("clock", StringComparison.Ordinal))
                check.Cause.ShouldBe(finding.Message, finding.Code);
        }
        all.Items.ShouldAllBe(check => check.Severity == "green" || check.Fix != null);
        some.Items.ShouldAllBe(check => check.Value == null && check.Cause == null && check.Fix == null && check.Muted == null);
        (await member.PostAsync("/api/v1/health/check", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AnAdminsLink_IsARedEntry_AndCanBeMutedWithAReason()
    {
        using var admin = Lab.Local();
        (await HealthAsync(admin)).Items.ShouldContain(check => check.Code == "login.usual");
        var link = Lab.Identity.Links.New(Lab.Identity.Users.FindByAddress("local")!.Id, "the provider is down");
        (await HealthAsync(admin)).Items.ShouldContain(check => check.Code == "login.usual", "a link that nobody used");
        using var browser = Lab.Client();
        using var login = await browser.PostAsJsonAsync("/api/v1/auth/link", new LinkRequest(link), AccessJson.Default.LinkRequest);
        login.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var red = await HealthAsync(admin);
        var entry = red.Items.Single(check => check.Code == "login.break_glass");
        (red.Worst, entry.Severity).ShouldBe(("red", "red"));
        entry.Cause!.ShouldContain("the provider is down");

        using var bad = await MuteAsync(admin, "login.break_glass", new HealthMuteRequest(" ", 721));
        bad.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await bad.Content.ReadFromJsonAsync(ApiJson.Default.Problem))!.Errors.Count.ShouldBe(2);
        (await MuteAsync(admin, "login.usual", new HealthMuteRequest("x", 1))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var (reason, hours, status) in new[] { (200, 720, 200), (201, 720, 422), (200, 721, 422) })
        {
            using var limited = await MuteAsync(admin, "login.break_glass", new HealthMuteRequest(new string('x', reason), hours));
            ((int)limited.StatusCode).ShouldBe(status, $"{reason} characters, {hours} hours");
        }
        using var muted = await MuteAsync(admin, "login.break_glass", new HealthMuteRequest("it was me", 1));
        muted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var quiet = await HealthAsync(admin);
        quiet.Items.Single(check => check.Code == "login.break_glass").Muted!.Reason.ShouldBe("it was me");
        quiet.Worst.ShouldNotBe("red", string.Join("; ", quiet.Items.Where(check => check is { Severity: "red", Muted: null })));
        Lab.Identity.Log.Newest(20).ShouldContain(recorded => recorded.Event.Action == "health.muted");
        (await admin.DeleteAsync("/api/v1/health/login.break_glass/mute")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await HealthAsync(admin)).Worst.ShouldBe("red");
    }

    [Fact]
    public async Task CheckAgain_LooksAnew()
    {
        using var admin = Lab.Local();
        var before = await HealthAsync(admin);
        using var again = await admin.PostAsync("/api/v1/health/check", null);
        var after = (await again.Content.ReadFromJsonAsync(AccessJson.Default.HealthCheckPage))!;
        after.Checked.ShouldBeGreaterThan(before.Checked);
        (await HealthAsync(admin)).Checked.ShouldBe(after.Checked);
    }

    [Fact]
    public void Titles_AreWords()
    {
        foreach (var finding in Lab.Services.GetRequiredService<HealthChecks>().Look(again: false).Findings)
            HealthChecks.Title(finding.Code).ShouldNotContain('.');
    }

    private HttpClient MemberOf(string address)
    {
        var (_, text) = Lab.Identity.Tokens.Create(Lab.Person(address).Id, "health", ["admin"], TimeSpan.FromDays(1));
        return Lab.WithToken(text);
    }

    private static async Task<HealthCheckPage> HealthAsync(HttpClient client) =>
        (await client.GetFromJsonAsync("/api/v1/health", AccessJson.Default.HealthCheckPage))!;

    private static Task<HttpResponseMessage> MuteAsync(HttpClient client, string code, HealthMuteRequest request) =>
        client.PutAsJsonAsync($"/api/v1/health/{code}/mute", request, AccessJson.Default.HealthMuteRequest);
}
