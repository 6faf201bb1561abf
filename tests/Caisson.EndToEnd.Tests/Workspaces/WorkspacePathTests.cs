using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Workspaces;

/// <summary>A workspace from its template to its end, over REST, with the real server and real sandboxes.</summary>
public sealed class WorkspacePathTests
{
    private const string Create = """{"template":"course","name":"first","parameters":{"track":"b"}}""";

    [Fact]
    public async Task AWorkspace_IsMade_Stopped_StartedWithItsHome_AndDeleted()
    {
        await using var home = await WorkspaceHome.StartAsync(Course);

        var (status, made) = await home.SendAsync(HttpMethod.Post, "/workspaces", Create);
        status.ShouldBe(202);
        var id = (string)made!["workspace"]!["id"]!;
        var job = await home.EndOfAsync((string)made["job"]!["id"]!);
        ((string?)job["state"]).ShouldBe("succeeded", job.ToJsonString());
        job["steps"]!.AsArray().Select(step => (string)step!["state"]!).ShouldAllBe(state => state == "succeeded");
        var workspace = await home.GetAsync($"/workspaces/{id}");
        ((string)workspace["observed"]!, (string)workspace["health"]!["state"]!).ShouldBe(("running", "healthy"));

        // The project is there as a repository without a remote, without what it excludes.
        var sandbox = home.Sandboxes().ShouldHaveSingleItem();
        var project = Path.Combine(home.HomeOf(sandbox), "projects", "app");
        File.ReadAllText(Path.Combine(project, "README.md")).ShouldBe("hello\n");
        File.Exists(Path.Combine(project, "answers.key")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(project, ".git", "config")).ShouldNotContain("remote");
        File.WriteAllText(Path.Combine(home.HomeOf(sandbox), "mine"), "kept");

        var (again, existing) = await home.SendAsync(HttpMethod.Post, "/workspaces", Create);
        (again, (bool)existing!["existing"]!, (string)existing["workspace"]!["id"]!).ShouldBe((200, true, id));

        ((string?)(await home.DoAsync(HttpMethod.Post, $"/workspaces/{id}/stop"))["state"]).ShouldBe("succeeded");
        workspace = await home.GetAsync($"/workspaces/{id}");
        ((string)workspace["observed"]!, (string)workspace["stopReason"]!).ShouldBe(("stopped", "user"));
        var (conflict, problem) = await home.SendAsync(HttpMethod.Post, $"/workspaces/{id}/stop");
        (conflict, (string)problem!["code"]!).ShouldBe((409, "invalid_transition"));

        ((string?)(await home.DoAsync(HttpMethod.Post, $"/workspaces/{id}/start"))["state"]).ShouldBe("succeeded");
        home.Sandboxes().ShouldBe([sandbox]);
        File.ReadAllText(Path.Combine(home.HomeOf(sandbox), "mine")).ShouldBe("kept");

        ((string?)(await home.DoAsync(HttpMethod.Delete, $"/workspaces/{id}"))["state"]).ShouldBe("succeeded");
        ((int)(await home.GetAsync("/workspaces"))["total"]!).ShouldBe(0);
        home.Sandboxes().ShouldBe([sandbox], "the home is kept");
        var (restored, back) = await home.SendAsync(HttpMethod.Post, $"/workspaces/{id}/restore");
        (restored, (string)back!["observed"]!).ShouldBe((200, "stopped"));
    }

    [Fact]
    public async Task AServerThatIsKilled_IsFollowedByOneThatEndsTheJob_WithOneSandbox()
    {
        await using var home = await WorkspaceHome.StartAsync(Course);
        var (_, made) = await home.SendAsync(HttpMethod.Post, "/workspaces", Create);

        await home.EndAsync("KILL");
        await home.ServeAsync();

        var job = await home.EndOfAsync((string)made!["job"]!["id"]!);
        ((string?)job["state"]).ShouldBe("succeeded", job.ToJsonString());
        home.Sandboxes().Count.ShouldBe(1);
        ((string)(await home.GetAsync($"/workspaces/{made["workspace"]!["id"]}"))["observed"]!).ShouldBe("running");
    }

    [Fact]
    public async Task AWorkspaceThatRuns_SurvivesItsServer_AndOneThatDied_ComesBack()
    {
        await using var home = await WorkspaceHome.StartAsync(Course);
        var (_, made) = await home.SendAsync(HttpMethod.Post, "/workspaces", Create);
        await home.EndOfAsync((string)made!["job"]!["id"]!);
        var id = (string)made["workspace"]!["id"]!;
        var sandbox = home.Sandboxes().ShouldHaveSingleItem();

        (await home.EndAsync("TERM")).ShouldBe(0);
        await home.ServeAsync();
        ((string)(await home.GetAsync($"/workspaces/{id}"))["observed"]!).ShouldBe("running");

        // Somebody ends the sandbox behind the workspace's back; the reconciler starts it again.
        await home.SendAsync(HttpMethod.Post, $"/sandboxes/{sandbox}/stop");
        var jobs = (await home.GetAsync($"/workspaces/{id}/jobs"))["items"]!.AsArray();
        for (var tries = 0; jobs.Count < 2 && tries < 100; tries++)
            jobs = (await home.GetAsync($"/workspaces/{id}/jobs"))["items"]!.AsArray();
        ((string?)(await home.EndOfAsync((string)jobs[0]!["id"]!))["state"]).ShouldBe("succeeded");
        home.Sandboxes().ShouldBe([sandbox]);
    }

    private static void Course(BareHome home)
    {
        home.Write(
            "templates/course.md",
            """
            ---
            description: For tests
            projects: [app]
            env: { TRACK: "{{track}}" }
            parameters:
              track: { type: choice, choices: [a, b] }
            ---
            """
        );
        home.Write("templates/app/README.md", "hello\n");
        home.Write("templates/app/answers.key", "42\n");
        home.Write("templates/app/.caisson-exclude", "*.key\n");
    }
}
