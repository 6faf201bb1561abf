using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>What the owner decides about those who look, and what a policy decides about a workspace's terminals.</summary>
public sealed class ViewerTests(SharedInstallation shared)
{
    [Fact]
    public async Task TheOwner_LetsAViewerTypeNoLonger_AndAgain_WhileItIsAttached()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation);
        var terminal = await place.CreateAsync("stty raw -echo; printf ready; exec cat");
        await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        await view.UntilAsync("ready");
        await view.TypeAsync("a");
        await view.UntilAsync("readya");
        var viewer = (await place.Api.GetAsync($"terminals/{terminal}/viewers"))["items"]![0]!;
        ((string)viewer["mode"]!, (int)viewer["refused"]!).ShouldBe(("write", 0));
        ((double)viewer["roundTrip"]!).ShouldBeGreaterThan(0);
        var mode = $"terminals/{terminal}/viewers/{viewer["id"]}/mode";

        (await place.Api.SendAsync(HttpMethod.Put, mode, new { mode = "view" })).Status.ShouldBe(200);
        await view.UntilAsync(() => view.States.Any(state => (string?)state["mode"] == "view"));
        var typed = view.Typed;
        await view.TypeAsync("b");
        await view.ResizeAsync(90, 20);
        await view.UntilAsync(() => view.Errors.Count == 2);

        view.Errors.ShouldAllBe(error => (string)error["code"]! == "read_only");
        ((int)(await place.Api.GetAsync($"terminals/{terminal}/viewers"))["items"]![0]!["refused"]!).ShouldBe(2);
        var input = new
        {
            viewer = view.Key,
            sequence = typed,
            data = "Yg==",
        };
        (await place.Api.SendAsync(HttpMethod.Post, $"terminals/{terminal}/input", input)).Status.ShouldBe(403);
        (await place.Api.SendAsync(HttpMethod.Put, mode, new { mode = "write" })).Status.ShouldBe(200);
        view.Typed = typed;
        await view.TypeAsync("c");
        await view.UntilAsync("readyac");
        (await place.Api.SendAsync(HttpMethod.Put, $"terminals/{terminal}/viewers/v-unknown/mode", new { mode = "view" })).Status.ShouldBe(
            404
        );
    }

    [Fact]
    public async Task APolicy_NumbersTerminals_ForbidsDownloads_AndTheShellSaysWhereItIs()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, "terminal: { maximum: 2 }\nfiles: { download: false }");
        var (status, body) = await place.Api.SendAsync(HttpMethod.Post, $"workspaces/{place.Id}/terminals", new { });
        status.ShouldBe(201, body?.ToString());
        await using var view = await TerminalView.AttachAsync(place.Api, (string)body!["id"]!, 0L);
        await view.TypeAsync("exit 0\n");
        (await view.EndAsync()).ShouldBe(1000);
        view.Text.ShouldMatch("^Caisson [0-9.]+[^\\r]*: workspace t-[0-9a-f]+\r\nPolicy t-[0-9a-f]+\r\n");

        var (refused, problem) = await place.Api.SendAsync(HttpMethod.Get, $"workspaces/{place.Id}/files?path=~/x");
        (refused, (string)problem!["code"]!).ShouldBe((403, "download_disabled"));
        await place.CreateAsync("sleep 1000");
        await place.CreateAsync("sleep 1000");
        (await place.Api.SendAsync(HttpMethod.Post, $"workspaces/{place.Id}/terminals", new { })).Status.ShouldBe(429);
        var capacity = await place.Api.GetAsync($"workspaces/{place.Id}/capacity");
        ((int)capacity["maximumTerminals"]!).ShouldBe(2);
        if ((bool)capacity["telemetry"]!)
            ((long)capacity["refuseAbove"]!).ShouldBe((long)capacity["memoryLimitBytes"]! * 8 / 10);
    }

    [Fact]
    public async Task AThousandRacingCloses_NeverTouchAnotherTerminal()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, "terminal: { maximum: 100 }");
        var random = new Random(11);
        var witness = await place.CreateAsync("stty raw -echo; printf ready; exec cat");
        await using var view = await TerminalView.AttachAsync(place.Api, witness, 0L);
        await view.UntilAsync("ready");
        var expected = "ready";
        for (var round = 0; round < 10; round++)
        {
            var terminals = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => place.CreateAsync("exec cat")));
            var closes = terminals.SelectMany(terminal => Enumerable.Repeat(terminal, 10)).ToArray();
            random.Shuffle(closes);
            var opened = Task.WhenAll(Enumerable.Range(0, 5).Select(_ => place.CreateAsync("printf alive; exec cat")));

            var answers = await Task.WhenAll(closes.Select(terminal => place.Api.SendAsync(HttpMethod.Delete, $"terminals/{terminal}")));

            answers.ShouldAllBe(answer => answer.Status == 202 || answer.Status == 404);
            foreach (var terminal in await opened)
            {
                await using var other = await TerminalView.AttachAsync(place.Api, terminal, 0L);
                await other.UntilAsync("alive");
                other.Exit.ShouldBeNull();
                (await place.Api.SendAsync(HttpMethod.Delete, $"terminals/{terminal}")).Status.ShouldBe(202);
            }
            await view.TypeAsync($"{round}");
            expected += $"{round}";
            await view.UntilAsync(expected);
        }
    }
}
