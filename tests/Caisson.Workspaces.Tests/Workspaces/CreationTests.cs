using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Asking for a workspace: the form, and asking again.</summary>
public sealed class CreationTests : IAsyncLifetime
{
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\n---\n");
        _lab.Write(
            "policies/keys.md",
            """
            ---
            description: x
            credentials:
              forge: { store: true, scheme: bearer, bind: [{ host: forge.example }] }
            routes: [{ host: forge.example, credential: forge }]
            ---
            """
        );
        _lab.Write(
            "templates/course.md",
            """
            ---
            policies: [keys, slow]
            agents: []
            parameters:
              track: { type: choice, label: Track, choices: [a, b] }
              seats: { type: number, min: 1, max: 5, default: 2 }
              team: { type: text, pattern: "[a-z]+", default: blue }
              token: { type: secret, label: Token, default: forge }
            presets:
              big: { label: Big, parameters: { track: b, seats: 5 }, policies: [keys] }
            ---
            """
        );
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public void EveryWrongField_IsToldAtOnce()
    {
        var refused = Should.Throw<SandboxException>(() =>
            Make(
                new NewWorkspaceRequest
                {
                    Template = "course",
                    Name = "No Name",
                    Title = " ",
                    Preset = "small",
                    Policies = ["keys", "wide"],
                    Dotfiles = "https://me:secret@example.org/dots",
                    Parameters = new Dictionary<string, string>
                    {
                        ["seats"] = "9",
                        ["team"] = "Blue!",
                        ["token"] = "other",
                        ["trak"] = "a",
                    },
                }
            )
        );

        refused.Code.ShouldBe("invalid_parameters");
        refused
            .Details.Select(detail => detail[..detail.IndexOf(':', StringComparison.Ordinal)])
            .ShouldBe(
                [
                    "name",
                    "title",
                    "preset",
                    "policies",
                    "dotfiles",
                    "parameters.trak",
                    "parameters.track",
                    "parameters.seats",
                    "parameters.team",
                    "parameters.token",
                ],
                ignoreOrder: true
            );
        refused.Details.ShouldContain("parameters.token: the policies have no credential of this name; they have forge");
        string.Concat(refused.Details).ShouldNotContain("secret@");
        _lab.Store.List(null, null, null, null, 10).Total.ShouldBe(0);
    }

    [Fact]
    public void APreset_FillsTheForm_AndWhatIsGivenGoesBeforeIt()
    {
        var made = Make(
            new NewWorkspaceRequest
            {
                Template = "course",
                Name = "one",
                Preset = "big",
                Parameters = new Dictionary<string, string> { ["seats"] = "3" },
            }
        ).Workspace.Document;

        (made.Parameters["track"], made.Parameters["seats"], made.Parameters["team"], made.Preset).ShouldBe(("b", "3", "blue", "big"));
        made.Policies.ShouldBe(["keys"]);
    }

    [Fact]
    public void AKey_GivesTheSameJobForTheSameRequest_AndRefusesAnother_ForADay()
    {
        var first = _lab.Create("one", key: "k");
        var again = _lab.Create("one", key: "k");
        (again.Workspace.Id, again.Job!.Id, again.Existing).ShouldBe((first.Workspace.Id, first.Job!.Id, false));

        Should.Throw<SandboxException>(() => _lab.Create("two", key: "k")).Code.ShouldBe("idempotency_mismatch");
        _lab.Create("two", owner: ServiceLab.Bob, key: "k").Workspace.Owner.ShouldBe(ServiceLab.Bob.Id, "a key is its owner's");
        _lab.Time.Advance(TimeSpan.FromHours(25));
        _lab.Create("two", key: "k").Workspace.Name.ShouldBe("two");
    }

    [Fact]
    public async Task TheSameKey_ManyTimesAtOnce_MakesOne()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => _lab.Create("one", key: "k"))));

        made.Select(one => one.Job!.Id).Distinct().ShouldHaveSingleItem();
        _lab.Store.List(null, null, null, null, 10).Total.ShouldBe(1);
    }

    [Fact]
    public void WithoutAKey_TheSameNameFromTheSameTemplate_IsTheOneThatIsThere()
    {
        var first = _lab.Create("one");

        (_lab.Create("one").Existing, _lab.Create("one").Workspace.Id).ShouldBe((true, first.Workspace.Id));
        Should
            .Throw<SandboxException>(() =>
                Make(
                    new NewWorkspaceRequest
                    {
                        Template = "course",
                        Name = "one",
                        Preset = "big",
                    }
                )
            )
            .Code.ShouldBe("name_taken");
    }

    private CreatedWorkspace Make(NewWorkspaceRequest request) =>
        _lab.Service.Create(ServiceLab.Ada, ServiceLab.Ada.Id, request, key: null);
}
