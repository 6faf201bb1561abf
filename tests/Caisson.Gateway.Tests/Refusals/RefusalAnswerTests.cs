using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Tests.Refusals;

public sealed class RefusalAnswerTests
{
    private static readonly string[] Keys =
    [
        "error",
        "id",
        "reason",
        "message",
        "host",
        "method",
        "path",
        "rule",
        "nearest",
        "next_steps",
        "propose",
    ];

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Tells_AModel_WhatWasDecidedAndWhatToDo(string version)
    {
        await using var lab = await Lab.StartAsync([Lab.Route("ok.example")]);
        using var http = lab.Http(Version.Parse(version));
        await http.GetAsync("https://not-allowed.example/warm");
        var start = Stopwatch.GetTimestamp();

        var answer = await http.PutAsync("https://not-allowed.example/a/b?c=secret", new StringContent("body"));

        Stopwatch.GetElapsedTime(start).TotalMilliseconds.ShouldBeLessThan(5000);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.GetValues("x-caisson-decision").ShouldBe(["deny"]);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        json.EnumerateObject().Select(p => p.Name).ShouldBe(Keys);
        json.GetProperty("id").GetString().ShouldBe(answer.Headers.GetValues("x-caisson-id").Single());
        json.GetProperty("id").GetString()!.ShouldMatch("^d-[0-9a-z]{12}$");
        json.GetProperty("reason").GetString().ShouldBe("no_route");
        json.GetProperty("message").GetString()!.ShouldContain("not-allowed.example");
        (json.GetProperty("host").GetString(), json.GetProperty("method").GetString(), json.GetProperty("path").GetString()).ShouldBe(
            ("not-allowed.example", "PUT", "/a/b")
        );
        json.GetProperty("next_steps").GetArrayLength().ShouldBeGreaterThan(0);
        var propose = json.GetProperty("propose");
        propose.GetProperty("tool").GetString().ShouldBe("propose");
        propose.GetProperty("arguments").GetProperty("host").GetString().ShouldBe("not-allowed.example");
        json.GetRawText().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Stays_WithinFourKibibytes_HoweverLongTheRequest()
    {
        await using var lab = await Lab.StartAsync([]);
        using var http = lab.Http();

        var answer = await http.GetAsync($"https://{string.Join('.', Enumerable.Repeat(new string('h', 60), 4))}/{new string('p', 12000)}");

        var body = await answer.Content.ReadAsByteArrayAsync();
        body.Length.ShouldBeInRange(200, RefusalAnswer.MaximumBytes);
        JsonDocument.Parse(body).RootElement.GetProperty("reason").GetString().ShouldBe("no_route");
        lab.Records[0].Path.Length.ShouldBe(2048);
    }

    [Fact]
    public void Stays_WithinFourKibibytes_WhateverItSays()
    {
        var facts = new RequestFacts
        {
            Protocol = RequestProtocol.Http,
            Host = new string('ä', 5000),
            Port = 1,
            Method = new string('"', 5000),
            Path = new string('\\', 5000),
        };
        var decision = new Decision
        {
            Verdict = Verdict.Deny,
            Reason = Reason.NoRoute,
            Rule = new string('\u0001', 5000),
            Message = new string('漢', 5000),
            Nearest = new string('"', 5000),
            NextSteps = [.. Enumerable.Repeat(new string('\n', 5000), 20)],
        };

        var body = RefusalAnswer.Body(facts, decision, "d-000000000000");

        body.Length.ShouldBeLessThanOrEqualTo(RefusalAnswer.MaximumBytes);
        JsonDocument.Parse(body).RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(Keys);
    }

    [Fact]
    public async Task Answers_Head_WithoutBody()
    {
        await using var lab = await Lab.StartAsync([]);

        var answer = await lab.Client("no.example", 80).ExchangeAsync("HEAD / HTTP/1.1\r\nHost: no.example\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldEndWith("\r\n\r\n");
    }

    [Fact]
    public void Explains_EveryReason_InTheDocs()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Caisson.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        var page = File.ReadAllText(Path.Combine(folder, "docs", "reasons.md"));
        var sections = page.Split("\n## ")[1..].ToDictionary(s => s[..s.IndexOf('\n')].Trim('`', ' '), s => s[s.IndexOf('\n')..].Trim());

        sections.Keys.Order().ShouldBe(Enum.GetValues<Reason>().Select(r => r.WireName()).Order());
        sections.ShouldAllBe(s => s.Value.Length > 80);
    }
}
