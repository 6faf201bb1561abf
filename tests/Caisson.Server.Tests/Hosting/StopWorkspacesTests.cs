using System.Net;
using System.Net.Http.Json;
using Caisson.Api;

namespace Caisson.Server.Tests.Hosting;

/// <summary>What becomes of sandboxes when the real server stops.</summary>
public sealed class StopWorkspacesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task WithTheFlag_SandboxesEndWithTheServer_AndTheNextOneSaysWhy_AndStartsThemAgain()
    {
        using var home = Home();
        var first = await RealServer.StartWithSandboxesAsync(home, "--listen", "none", "--stop-workspaces", "--stop-seconds", "120");
        var workspace = await RunningAsync(first);
        Processes(home).ShouldNotBeEmpty();

        await first.SignalAsync("TERM");

        (await first.EndAsync()).ShouldBe(0);
        Processes(home).ShouldBeEmpty();
        await using var next = await RealServer.StartWithSandboxesAsync(home, "--listen", "none");
        using var client = next.OverSocket();
        var found = await GetAsync(client, workspace);
        (found.Observed, found.Desired, found.StopReason).ShouldBe(("stopped", "stopped", "server"));
        (await client.GetStringAsync($"/api/v1/workspaces/{workspace}/why")).ShouldContain("with the server");
        using var answer = await client.PostAsync($"/api/v1/workspaces/{workspace}/start", null);
        await SucceedAsync(client, (await answer.Content.ReadFromJsonAsync(WorkspaceJson.Default.JobAccepted))!.Job!);
        (await GetAsync(client, workspace)).Observed.ShouldBe("running");
        await RemoveAsync(client, workspace);
    }

    [Fact]
    public async Task WithoutTheFlag_SandboxesRunOn_AndTheNextServerTakesThemOver()
    {
        using var home = Home();
        var first = await RealServer.StartWithSandboxesAsync(home, "--listen", "none");
        var workspace = await RunningAsync(first);
        var before = Processes(home);

        await first.SignalAsync("TERM");

        (await first.EndAsync()).ShouldBe(0);
        // The server's own is gone; the sandbox's are the same.
        Processes(home).ShouldNotBeEmpty();
        Processes(home).ShouldBeSubsetOf(before);
        await using var next = await RealServer.StartWithSandboxesAsync(home, "--listen", "none");
        using var client = next.OverSocket();
        var found = await GetAsync(client, workspace);
        (found.Observed, found.Desired, found.StopReason).ShouldBe(("running", "running", null));
        await RemoveAsync(client, workspace);
    }

    [Fact]
    public async Task ASecondSignal_WhileSandboxesAreBeingStopped_EndsTheServerAtOnce_AndTheNextOneFindsAllOfIt()
    {
        using var home = Home();
        var first = await RealServer.StartWithSandboxesAsync(
            home,
            "--listen",
            "none",
            "--stop-workspaces",
            "--stop-seconds",
            "600",
            "--workspace-stop-seconds",
            "600"
        );
        var workspace = await RunningAsync(first);
        const string stubborn = "echo work > ~/work; trap 'echo told > ~/told' TERM; touch ~/ready; until [ -e ~/go ]; do sleep 0.05; done";
        using (var client = first.OverSocket())
        {
            using var made = await client.PostAsJsonAsync(
                $"/api/v1/workspaces/{workspace}/terminals",
                new { command = new[] { "/bin/bash", "-c", stubborn } }
            );
            made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        }
        await IsThereAsync(home, "ready");

        await first.SignalAsync("TERM");
        await IsThereAsync(home, "told");
        await first.SignalAsync("TERM");

        (await first.EndAsync()).ShouldBe(137);
        (await File.ReadAllTextAsync(home.File("logs/server.log"))).ShouldContain("a second signal came");
        await using var next = await RealServer.StartWithSandboxesAsync(home, "--listen", "none");
        using var after = next.OverSocket();
        // What was begun is a stop: the next server goes on with it, and what saves its work still may.
        Processes(home).ShouldNotBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(InHome(home, "told").Single())!, "go"), "");
        using var limit = new CancellationTokenSource(Limit);
        WorkspaceResponse found;
        while ((found = await GetAsync(after, workspace)).Observed != "stopped")
            await Task.Delay(20, limit.Token);
        (found.Desired, found.StopReason).ShouldBe(("stopped", "server"));
        using var answer = await after.PostAsync($"/api/v1/workspaces/{workspace}/start", null);
        await SucceedAsync(after, (await answer.Content.ReadFromJsonAsync(WorkspaceJson.Default.JobAccepted))!.Job!);
        (await GetAsync(after, workspace)).Observed.ShouldBe("running");
        (await File.ReadAllTextAsync(InHome(home, "work").Single())).ShouldBe("work\n");
        await RemoveAsync(after, workspace);
    }

    private static string[] InHome(TemporaryHome home, string name) =>
        Directory.GetDirectories(home.File("sandboxes")).Select(folder => Path.Combine(folder, "home", name)).Where(File.Exists).ToArray();

    private static async Task IsThereAsync(TemporaryHome home, string name)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (InHome(home, name).Length == 0)
            await Task.Delay(20, limit.Token);
    }

    private static TemporaryHome Home()
    {
        var home = new TemporaryHome();
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(home.File("policies")).FullName, "default.md"),
            "---\ndescription: Nothing\n---\n"
        );
        return home;
    }

    private static async Task<string> RunningAsync(RealServer server)
    {
        using var client = server.OverSocket();
        using var answer = await client.PostAsJsonAsync(
            "/api/v1/workspaces",
            new NewWorkspaceRequest { Template = "default", Name = "one" },
            WorkspaceJson.Default.NewWorkspaceRequest
        );
        var made = (await answer.Content.ReadFromJsonAsync(WorkspaceJson.Default.CreatedResponse))!;
        await SucceedAsync(client, made.Job!);
        return made.Workspace.Id;
    }

    /// <summary>As in <see cref="Api.ServerLab.SucceedAsync"/>: a machine that is too busy to show that a sandbox is sealed is asked again.</summary>
    private static async Task SucceedAsync(HttpClient client, JobResponse job)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (var tries = 0; ; tries++)
        {
            // Its stream ends with it.
            await client.GetStringAsync($"/api/v1/jobs/{job.Id}/events", limit.Token);
            job = (await client.GetFromJsonAsync($"/api/v1/jobs/{job.Id}", WorkspaceJson.Default.JobResponse, limit.Token))!;
            if (tries == 10 || job is not { State: "failed", Error.Code: "isolation_unverified" })
                break;
            await client.PostAsJsonAsync(
                $"/api/v1/jobs/{job.Id}/retry",
                new RetryRequest("scratch", null),
                WorkspaceJson.Default.RetryRequest,
                limit.Token
            );
        }
        job.State.ShouldBe("succeeded", $"{job.Error}");
    }

    private static async Task<WorkspaceResponse> GetAsync(HttpClient client, string workspace) =>
        (await client.GetFromJsonAsync($"/api/v1/workspaces/{workspace}", WorkspaceJson.Default.WorkspaceResponse))!;

    private static async Task RemoveAsync(HttpClient client, string workspace)
    {
        using var answer = await client.DeleteAsync($"/api/v1/workspaces/{workspace}");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await SucceedAsync(client, (await answer.Content.ReadFromJsonAsync(WorkspaceJson.Default.JobAccepted))!.Job!);
    }

    /// <summary>Those outside of this test that name the home in their arguments, or have a file of it open.</summary>
    private static List<int> Processes(TemporaryHome home)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || id == Environment.ProcessId)
                continue;
            try
            {
                var names = Directory
                    .EnumerateFiles($"{folder}/fd")
                    .Select(file => new FileInfo(file).LinkTarget ?? "")
                    .Append(File.ReadAllText($"{folder}/cmdline"));
                if (names.Any(name => name.Contains(home.Path, StringComparison.Ordinal)))
                    found.Add(id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
        return found;
    }
}
