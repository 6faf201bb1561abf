using System.Net;
using Caisson.Audit;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Refusals;

public sealed class DecisionLogTests
{
    [Fact]
    public async Task Records_OneLine_ForEveryRequest()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        using var http = lab.Http();

        await http.PostAsync("https://h.example/up?x=1", new StringContent("12345"));
        await http.GetAsync("https://no.example/down");

        var records = await lab.RecordsAsync(2);
        var allowed = records.Single(r => r.Verdict == "allow");
        (allowed.Host, allowed.Port, allowed.Method, allowed.Path, allowed.Status).ShouldBe(("h.example", 443, "POST", "/up", 200));
        (allowed.Route, allowed.RequestBytes, allowed.Protocol, allowed.ProcessId).ShouldBe(("h.example", 5, "http/1.1", 42));
        allowed.ResponseBytes.ShouldBeGreaterThan(10);
        allowed.Rule.ShouldContain("test.md");
        var denied = records.Single(r => r.Verdict == "deny");
        (denied.Reason, denied.Rule, denied.Status).ShouldBe(("no_route", "default", 403));
    }

    [Fact]
    public async Task Denies_Everything_WhileTheLogCannotBeWritten_AndRecoversByItself()
    {
        var upstream = await TestUpstream.StartAsync("h.example");
        var log = new FailingLog();
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream], options: o => o with { Decisions = log });
        using var http = lab.Http();
        (await http.GetAsync("https://h.example/1")).StatusCode.ShouldBe(HttpStatusCode.OK);

        log.Fails = true;
        await http.GetAsync("https://no.example/");
        var denied = await http.GetAsync("https://h.example/2");
        denied.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await denied.Content.ReadAsStringAsync()).ShouldContain("check_failed");
        upstream.Requests.Count.ShouldBe(1);

        log.Fails = false;
        await http.GetAsync("https://h.example/3");
        (await http.GetAsync("https://h.example/4")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private sealed class FailingLog : IDecisionLog
    {
        public bool Fails { get; set; }

        public ValueTask AppendAsync(DecisionRecord record, CancellationToken cancellation) =>
            Fails ? ValueTask.FromException(new IOException("No space left on device")) : ValueTask.CompletedTask;

        public IReadOnlyList<DecisionRecord> RecentDenials(string sandbox, int limit) => [];
    }
}
