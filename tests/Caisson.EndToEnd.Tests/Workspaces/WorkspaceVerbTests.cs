using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Workspaces;

/// <summary>The whole life of a workspace from the command line, and its links in a browser.</summary>
public sealed class WorkspaceVerbTests
{
    [Fact]
    public async Task AWorkspace_IsMadeByAPreset_Renamed_Copied_Deleted_AndRestored_ByVerbs()
    {
        await using var home = await WorkspaceHome.StartAsync(Course);

        var refused = await home.RunAsync("workspace", "create", "Web!", "--template", "course", "-p", "seats=9", "--json");
        refused.Code.ShouldBe(2, refused.All);
        JsonNode.Parse(refused.Error)!["errors"]!.AsArray().Count.ShouldBe(2, refused.Error);
        (await home.RunAsync("workspace", "create", "web", "--template", "course", "--preset", "big", "--quiet")).ShouldSucceed();
        (await home.RunAsync("template", "show", "course")).ShouldSucceed().Out.ShouldContain("preset     big: Big (seats=4)");
        var sandbox = home.Sandboxes().ShouldHaveSingleItem();
        await File.WriteAllTextAsync(Path.Combine(home.HomeOf(sandbox), "notes.txt"), "mine\n");

        var preview = JsonNode.Parse((await home.RunAsync("workspace", "rm", "web", "--dry-run", "--json")).ShouldSucceed().Out)!;
        preview["loose"]!.AsArray().Select(entry => (string)entry!).ShouldBe(["~/notes.txt"]);
        preview["keptUntil"].ShouldNotBeNull();
        var unasked = await home.RunAsync("workspace", "rm", "web", "--force");
        (unasked.Code, unasked.Error.Contains("--yes", StringComparison.Ordinal)).ShouldBe((3, true), unasked.All);
        home.Sandboxes().ShouldHaveSingleItem();

        (await home.RunAsync("workspace", "rename", "web", "shop", "--title", "The shop")).ShouldSucceed();
        var shop = (await home.GetAsync("/workspaces"))["items"]!.AsArray().Single()!;
        var id = (string)shop["id"]!;
        ((string)shop["name"]!, (string)shop["title"]!, (string)shop["url"]!).ShouldBe(("shop", "The shop", "/w/local/shop"));
        (await home.RedirectAsync("/w/local/web/t/one?x=1")).ShouldBe("/w/local/shop/t/one?x=1");
        (await home.RedirectAsync($"/w/{id}")).ShouldBe("/w/local/shop");
        (await home.RedirectAsync("/w/local/shop")).ShouldBeNull();
        (await home.RedirectAsync("/w/local/never")).ShouldBeNull();
        ((string)(await home.GetAsync("/workspaces/at/me/web"))["id"]!).ShouldBe(id);
        (await home.SendAsync(HttpMethod.Get, "/workspaces/at/me/never")).Status.ShouldBe(404);

        (await home.RunAsync("workspace", "duplicate", "shop", "copy", "--quiet")).ShouldSucceed();
        home.Sandboxes().Count.ShouldBe(2);
        home.Sandboxes().ShouldAllBe(one => File.Exists(Path.Combine(home.HomeOf(one), "notes.txt")));
        (await home.RunAsync("job", "ls", "copy", "--format", "jsonl")).ShouldSucceed().Out.ShouldContain("\"kind\":\"duplicate\"");
        (await home.RunAsync("complete", "--", "workspace", "stop", "c")).ShouldSucceed().Out.ShouldBe("copy\n");

        (await home.RunAsync("workspace", "rm", "copy")).ShouldSucceed().Error.ShouldContain("only here: ~/notes.txt");
        (await home.RunAsync("workspace", "ls", "--deleted")).ShouldSucceed().Out.ShouldContain("copy");
        (await home.RunAsync("complete", "--", "workspace", "restore", "")).ShouldSucceed().Out.ShouldBe("copy\n");
        (await home.RunAsync("workspace", "restore", "copy", "--as", "second")).ShouldSucceed();
        (await home.RunAsync("workspace", "start", "second", "--quiet")).ShouldSucceed();
        (await home.RunAsync("workspace", "rm", "second", "--force", "--yes")).ShouldSucceed();

        (await home.RunAsync("workspace", "transfer", "shop", "nobody@example.org")).Code.ShouldBe(2);
        (await home.RunAsync("workspace", "share", "shop", "nobody@example.org")).Code.ShouldBe(2);
        (await home.RunAsync("workspace", "restart", "nothing")).Code.ShouldBe(2);
    }

    private static void Course(BareHome home) =>
        home.Write(
            "templates/course.md",
            """
            ---
            agents: []
            parameters:
              seats: { type: number, min: 1, max: 5 }
            presets:
              big: { label: Big, parameters: { seats: 4 } }
            ---
            """
        );
}
