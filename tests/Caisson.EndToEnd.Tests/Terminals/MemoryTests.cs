using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>A sandbox whose memory is nearly used up starts no terminal, and says so.</summary>
public sealed class MemoryTests(SharedInstallation shared)
{
    private const int Filled = 225_000_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task AFullSandbox_RefusesATerminal_WithWhatIsUsed_AndTakesOneWhenThereIsRoomAgain()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, "resources: { memory: 256MiB }");
        // In one piece, and with as little on top as can be.
        var full = await place.CreateAsync($"exec perl -e 'vec($x, {Filled}, 8) = 1; $| = 1; print \"full\"; sleep 1000'");
        await using (var view = await TerminalView.AttachAsync(place.Api, full, 0L))
            await view.UntilAsync("full");
        var capacity = await place.Api.GetAsync($"workspaces/{place.Id}/capacity");
        var terminals = $"workspaces/{place.Id}/terminals";
        var request = new { command = new[] { "/bin/sh", "-c", "exec sleep 1000" } };
        if (!(bool)capacity["telemetry"]!)
        {
            // No figures of this machine's cgroups: only the number of terminals is limited.
            (await place.Api.SendAsync(HttpMethod.Post, terminals, request)).Status.ShouldBe(201);
            return;
        }
        ((long)capacity["memoryLimitBytes"]!).ShouldBe(256 << 20);
        ((long)capacity["memoryBytes"]!).ShouldBeGreaterThan((long)capacity["refuseAbove"]!);

        var (status, body) = await place.Api.SendAsync(HttpMethod.Post, terminals, request);

        (status, (string)body!["code"]!).ShouldBe((429, "memory_pressure"), body.ToJsonString());
        ((string)body["detail"]!).ShouldMatch("uses [0-9]+ MiB of 256 MiB.*when less than 179 MiB are in use");
        ((int)(await place.Api.GetAsync(terminals))["total"]!).ShouldBe(1);
        (await place.Api.SendAsync(HttpMethod.Delete, $"terminals/{full}")).Status.ShouldBe(202);
        using var limit = new CancellationTokenSource(s_limit);
        // The close goes on after its answer.
        while ((long)(await place.Api.GetAsync($"workspaces/{place.Id}/capacity"))["memoryBytes"]! >= (long)capacity["admitBelow"]!)
            await Task.Delay(20, limit.Token);
        (await place.Api.SendAsync(HttpMethod.Post, terminals, request)).Status.ShouldBe(201);
    }
}
