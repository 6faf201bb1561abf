using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Workspaces;

/// <summary>The server dies at any point of creations: every job ends, nothing is there twice, nothing is left over.</summary>
public sealed class CrashTests
{
    /// <summary>Ten for every run; <c>CAISSON_CRASHES=50</c> for the long form, <c>CAISSON_SEED</c> for other points.</summary>
    private static int Count => Number("CAISSON_CRASHES", 10);

    [Fact]
    public async Task EveryJobEnds_WithOneSandboxForEachWorkspace()
    {
        await using var home = await WorkspaceHome.StartAsync();
        var random = new Random(Number("CAISSON_SEED", 20261125));
        var jobs = new List<(string Workspace, string Job)>();

        for (var number = 0; number < Count; number++)
        {
            var (status, made) = await home.SendAsync(HttpMethod.Post, "/workspaces", $$"""{"template":"default","name":"n{{number}}"}""");
            status.ShouldBe(202);
            jobs.Add(((string)made!["workspace"]!["id"]!, (string)made["job"]!["id"]!));
            // A place in the work, not in time: so many looks at the job, each an answer of the server that works meanwhile.
            for (var looks = random.Next(0, 40); looks > 0; looks--)
                await home.GetAsync($"/jobs/{made["job"]!["id"]}");
            await home.EndAsync("KILL");
            await home.ServeAsync();
        }

        foreach (var (workspace, job) in jobs)
        {
            var ended = await home.EndOfAsync(job);
            ((string?)ended["state"]).ShouldBe("succeeded", ended.ToJsonString());
            ((string)(await home.GetAsync($"/workspaces/{workspace}"))["observed"]!).ShouldBe("running");
        }
        home.Sandboxes().Count.ShouldBe(Count);
        (await home.GetAsync("/sandboxes"))["items"]!
            .AsArray()
            .Select(sandbox => (string)sandbox!["state"]!)
            .ShouldAllBe(state => state == "running");

        var ids = home.Sandboxes();
        foreach (var (workspace, _) in jobs)
            await home.SendAsync(HttpMethod.Delete, $"/workspaces/{workspace}?force=true");
        for (var tries = 0; home.Sandboxes().Count > 0 && tries < 2000; tries++)
            await home.GetAsync("/workspaces");
        home.Sandboxes().ShouldBeEmpty();
        Directory
            .EnumerateDirectories(Path.Combine(home.Path, "run"))
            .Where(directory => !Path.GetFileName(directory).StartsWith('.'))
            .ShouldBeEmpty();
        Cgroups().ShouldAllBe(line => !ids.Any(id => line.Contains(id, StringComparison.Ordinal)));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;

    /// <summary>Of every process of the machine.</summary>
    private static IEnumerable<string> Cgroups() =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]))
            .SelectMany(directory =>
            {
                try
                {
                    return File.ReadAllLines(Path.Combine(directory, "cgroup"));
                }
                catch (IOException)
                {
                    // It has ended while we looked.
                    return [];
                }
            });
}
