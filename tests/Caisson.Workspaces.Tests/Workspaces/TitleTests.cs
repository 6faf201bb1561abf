using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Titles are people's own words, and nothing but words.</summary>
public sealed class TitleTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public void ATitle_IsItsOwnersOwn_AndOthersMayHaveIt()
    {
        var first = Make("one", "Äpfel & Birnen");

        Code(() => Make("two", "äpfel & birnen")).ShouldBe("name_taken");
        Make("two", "Äpfel & Birnen", ServiceLab.Bob).Title.ShouldBe("Äpfel & Birnen");
        var second = Make("three", null);
        Code(() => Rename(second, "ÄPFEL & BIRNEN")).ShouldBe("name_taken");
        Rename(first, "ÄPFEL & BIRNEN").ShouldBe("ÄPFEL & BIRNEN");
        Rename(second, "Äpfel").ShouldBe("Äpfel");
        Make("äpfel".Replace('ä', 'a'), "Obst").Title.ShouldBe("Obst");
    }

    [Fact]
    public void WhereNobodyChoseATitle_ItGetsANumber()
    {
        Make("one", "two");
        Make("two", null).Title.ShouldBe("two 2");
        var theirs = Make("theirs", "Two", ServiceLab.Bob);

        var moved = _lab.Service.Transfer(theirs.Id, ServiceLab.Ada, null, null, ServiceLab.Bob.Id);

        (moved.Title, moved.Owner).ShouldBe(("Two 3", ServiceLab.Ada.Id));
    }

    [Fact]
    public async Task ATitle_FindsNothing_AndChangesWhileItRuns()
    {
        const string title = "../../x; $(id) `id` \"Ä\"";
        var made = Make("one", title);
        await _lab.WorkspaceAsync(made.Id, now => now.Observed == WorkspaceState.Running);
        var running = _lab.Sandbox(made.Id);

        running.Id.ShouldStartWith("one-");
        (await _lab.InsideAsync(made.Id, "hostname; env; cat /etc/hosts; ls -a ~ ~/..")).ShouldNotContain("$(id)");
        Directory
            .EnumerateFileSystemEntries(_lab.Directories.Home, "*", SearchOption.AllDirectories)
            .ShouldNotContain(path => path.Contains("$(id)", StringComparison.Ordinal));
        _lab.Store.FindByLink(ServiceLab.Ada.Id, title).ShouldBeNull();

        Rename(_lab.Store.Find(made.Id)!, "Mine").ShouldBe("Mine");
        (_lab.Sandbox(made.Id).Runtime.InitPid, _lab.Store.FindByLink(ServiceLab.Ada.Id, "Mine")).ShouldBe((running.Runtime.InitPid, null));
    }

    private WorkspaceRecord Make(string name, string? title, Person? owner = null)
    {
        var who = owner ?? ServiceLab.Ada;
        return _lab
            .Service.Create(
                who,
                who.Id,
                new NewWorkspaceRequest
                {
                    Template = "default",
                    Name = name,
                    Title = title,
                },
                null
            )
            .Workspace;
    }

    /// <summary>Its job goes on meanwhile and changes it, so a stale version is read again.</summary>
    private string Rename(WorkspaceRecord workspace, string title)
    {
        while (true)
        {
            if (_lab.Service.Rename(workspace.Id, title, null, _lab.Store.Find(workspace.Id)!.Version) is { } renamed)
                return renamed.Title;
        }
    }

    private static string Code(Action act) => Should.Throw<SandboxException>(act).Code;
}
