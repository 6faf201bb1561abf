using System.Net;
using System.Text;
using System.Text.Json;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;

namespace Caisson.Gateway.Tests.Scanning;

/// <summary>A decoy never leaves; on the way to an agent's model it is taken out.</summary>
public sealed class CanaryScanTests
{
    private const string Decoy = "q7Lw2RkZ0fTnB4xVd8mYs1HcUe6GjPa3oNiK5tXb";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Denies_ADecoy(bool packed)
    {
        await using var lab = await StartAsync(Lab.Route("a.example"));
        using var http = lab.Http();
        var text = "HOME=/home/agent\nAWS_BACKUP_SECRET_KEY=" + Decoy;

        using var answer = await http.PostAsync(
            "https://a.example/",
            new StringContent(packed ? Convert.ToBase64String(Encoding.ASCII.GetBytes(text)) : text)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var body = await answer.Content.ReadAsStringAsync();
        JsonDocument.Parse(body).RootElement.GetProperty("reason").GetString().ShouldBe("canary");
        body.ShouldNotContain(Decoy[4..16]);
        (await lab.RecordsAsync(1))[0].Findings.ShouldNotBeNull()[0].Severity.ShouldBe("critical");
    }

    [Fact]
    public async Task Redacts_ADecoy_ForAModel()
    {
        var upstream = await TestUpstream.StartAsync("a.example");
        await using var lab = await StartAsync(
            Lab.Route("a.example", route => route with { Origin = new Origin(Layer.AgentProvider, "claude") }),
            upstream
        );
        using var http = lab.Http();

        (await http.PostAsync("https://a.example/", new StringContent("env: " + Decoy))).StatusCode.ShouldBe(HttpStatusCode.OK);

        upstream.Requests.ShouldHaveSingleItem().Body.ShouldBe("env: [caisson:canary]");
    }

    private static async Task<Lab> StartAsync(Route route, TestUpstream? upstream = null) =>
        await Lab.StartAsync(
            [route],
            [upstream ?? await TestUpstream.StartAsync("a.example")],
            exit: options =>
                options with
                {
                    Canaries = new Dictionary<string, Secret>(StringComparer.Ordinal) { ["env AWS_BACKUP_SECRET_KEY"] = new Secret(Decoy) },
                }
        );
}
