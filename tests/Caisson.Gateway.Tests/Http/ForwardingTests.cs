using System.Net;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Http;

public sealed class ForwardingTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Forwards_AnAllowedRequest_InTheClientsOwnVersion(string version)
    {
        var upstream = await TestUpstream.StartAsync("api.example.com");
        await using var lab = await Lab.StartAsync([Lab.Route("api.example.com")], [upstream]);
        using var http = lab.Http(Version.Parse(version));

        var answer = await http.GetAsync("https://api.example.com/v1/things?x=1&y=%2f");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Version.ToString().ShouldBe(version);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("hello from api.example.com GET /v1/things?x=1&y=%2f");
        upstream.Requests.ShouldHaveSingleItem().Protocol.ShouldBe(version == "2.0" ? "HTTP/2" : "HTTP/1.1");
    }

    [Fact]
    public async Task Denies_AHostWithoutRoute_InJson_AndRecordsItFirst()
    {
        await using var lab = await Lab.StartAsync([]);
        using var http = lab.Http();

        var answer = await http.GetAsync("https://not-allowed.example/a?secret=1");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.GetValues("x-caisson-decision").ShouldBe(["deny"]);
        var record = lab.Records.ShouldHaveSingleItem();
        record.Id.ShouldBe(answer.Headers.GetValues("x-caisson-id").Single());
        record.Reason.ShouldBe("no_route");
        record.Path.ShouldBe("/a");
        record.Executable.ShouldBe("/usr/bin/curl");
    }
}
