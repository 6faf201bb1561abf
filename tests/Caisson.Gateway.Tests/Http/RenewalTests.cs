using System.Net;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Http;

/// <summary>A login is renewed by nobody in a sandbox: the gateway answers in the vendor's place.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task IsAnsweredHere_AndNeverReachesTheVendor()
    {
        var upstream = await TestUpstream.StartAsync("auth.example");
        await using var lab = await StartAsync(upstream, name => new TokenRenewal($"{{\"renewed\":\"{name}\"}}"));
        using var http = lab.Http();

        var answer = await http.PostAsync("https://auth.example/oauth/token", new StringContent("{\"refresh_token\":\"rt\"}"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("{\"renewed\":\"login\"}");
        upstream.Requests.ShouldBeEmpty();
        (await lab.RecordsAsync(1)).ShouldHaveSingleItem().Verdict.ShouldBe("allow");
    }

    [Fact]
    public async Task IsRefused_WhenThereIsNothingToRenewWith()
    {
        var upstream = await TestUpstream.StartAsync("auth.example");
        await using var lab = await StartAsync(upstream, _ => new TokenRenewal(null, "The login ended. Run it once."));
        using var http = lab.Http();

        var answer = await http.PostAsync("https://auth.example/oauth/token", new StringContent("{}"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("credential_unavailable");
        text.ShouldContain("The login ended. Run it once.");
        upstream.Requests.ShouldBeEmpty();
    }

    private static Task<Lab> StartAsync(TestUpstream upstream, Func<string, TokenRenewal> renew) =>
        Lab.StartAsync(
            [Lab.Route("auth.example", route => route with { Renews = "login" })],
            [upstream],
            exit: options => options with { Renew = renew }
        );
}
