using Caisson.Identity.Tokens;
using static Caisson.Identity.Permission;

namespace Caisson.Identity.Tests.Roles;

public sealed class AccessEngineTests
{
    private static readonly AccessEngine Engine = new();

    private static readonly Resource Workspace = new(
        "workspace",
        "w-1",
        "owner",
        new Dictionary<string, string> { ["helper"] = "collaborator", ["guest"] = "viewer" }
    );

    [Theory]
    [InlineData("owner", WorkspacesWrite, true)]
    [InlineData("owner", WorkspacesShare, true)]
    [InlineData("owner", TerminalsWrite, true)]
    [InlineData("owner", WorkspacesCreateForOthers, false)]
    [InlineData("owner", UsersRead, false)]
    [InlineData("owner", SandboxesAll, false)]
    [InlineData("owner", TemplatesWrite, false)]
    [InlineData("helper", WorkspacesRead, true)]
    [InlineData("helper", TerminalsWrite, true)]
    [InlineData("helper", FilesWrite, true)]
    [InlineData("helper", WorkspacesShare, false)]
    [InlineData("helper", WorkspacesWrite, false)]
    [InlineData("guest", TerminalsView, true)]
    [InlineData("guest", TerminalsWrite, false)]
    [InlineData("guest", FilesRead, false)]
    [InlineData("stranger", WorkspacesRead, false)]
    [InlineData("stranger", TerminalsView, false)]
    [InlineData("stranger", RecordingsRead, false)]
    public void AMember_HasWhatOwnershipOrAShareGives(string person, Permission permission, bool allowed) =>
        Engine.Decide(Person(person, SiteRoles.Member), permission, Workspace).Allowed.ShouldBe(allowed);

    [Theory]
    [InlineData(SiteRoles.Operator, WorkspacesWrite, true)]
    [InlineData(SiteRoles.Operator, WorkspacesCreateForOthers, true)]
    [InlineData(SiteRoles.Operator, TemplatesWrite, true)]
    [InlineData(SiteRoles.Operator, TerminalsView, false)]
    [InlineData(SiteRoles.Operator, FilesRead, false)]
    [InlineData(SiteRoles.Operator, SandboxesAll, false)]
    [InlineData(SiteRoles.Operator, UsersWrite, false)]
    [InlineData(SiteRoles.Auditor, AuditRead, true)]
    [InlineData(SiteRoles.Auditor, RecordingsRead, true)]
    [InlineData(SiteRoles.Auditor, TerminalsView, false)]
    [InlineData(SiteRoles.Auditor, WorkspacesWrite, false)]
    [InlineData(SiteRoles.Approver, WorkspacesRead, false)]
    [InlineData(SiteRoles.Approver, SettingsOwn, true)]
    [InlineData(SiteRoles.Admin, SandboxesAll, true)]
    [InlineData(SiteRoles.Admin, TerminalsWrite, true)]
    public void ASiteRole_GivesEverywhere(string role, Permission permission, bool allowed) =>
        Engine.Decide(Person("stranger", role), permission, Workspace).Allowed.ShouldBe(allowed);

    [Fact]
    public void NoRole_IsNoAccess_AlsoToOnesOwn()
    {
        foreach (var permission in Enum.GetValues<Permission>())
            Engine.Decide(Person("owner"), permission, Workspace).Allowed.ShouldBeFalse(permission.Name());
        Engine.Decide(Person("owner", "root"), WorkspacesRead, Workspace).Allowed.ShouldBeFalse("unknown roles are none");
    }

    [Fact]
    public void Roles_AddUp()
    {
        var both = Person("owner", SiteRoles.Member, SiteRoles.Auditor);
        Engine.Decide(both, TerminalsWrite, Workspace).Allowed.ShouldBeTrue();
        Engine.Decide(both, AuditRead, null).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void AnAdmin_NeedsAReason_ForWhatOthersDo_AndOnlyForThat()
    {
        var admin = Person("boss", SiteRoles.Admin, SiteRoles.Member);
        foreach (var permission in new[] { TerminalsView, TerminalsWrite, FilesRead, FilesWrite, RecordingsRead })
        {
            Engine.Decide(admin, permission, Workspace).ShouldBe(new Verdict(true, "role admin", NeedsReason: true));
            Engine.Decide(admin, permission, Workspace with { OwnerId = "boss" }).NeedsReason.ShouldBeFalse();
        }
        Engine.Decide(admin, WorkspacesWrite, Workspace).NeedsReason.ShouldBeFalse();
        var viewer = Workspace with { Shares = new Dictionary<string, string> { ["boss"] = "viewer" } };
        Engine.Decide(admin, TerminalsView, viewer).NeedsReason.ShouldBeFalse();
        Engine.Decide(admin, TerminalsWrite, viewer).NeedsReason.ShouldBeTrue();
    }

    [Fact]
    public void AdminView_CanBeTakenAway()
    {
        var engine = new AccessEngine(adminView: false);
        var admin = Person("boss", SiteRoles.Admin, SiteRoles.Member);
        engine.Decide(admin, TerminalsView, Workspace).Allowed.ShouldBeFalse();
        engine.Decide(admin, TerminalsView, Workspace with { OwnerId = "boss" }).Allowed.ShouldBeTrue();
        engine.Decide(admin, WorkspacesWrite, Workspace).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void AToken_NeverExceedsItsUser_NorItsScopes()
    {
        foreach (var scope in TokenScopes.All)
        {
            foreach (var permission in Enum.GetValues<Permission>())
            {
                var person = Person("owner", SiteRoles.Member);
                var token = person with
                {
                    Kind = SubjectKind.Token,
                    Scopes = new HashSet<string> { scope },
                };
                var verdict = Engine.Decide(token, permission, Workspace);
                if (verdict.Allowed)
                {
                    Engine.Decide(person, permission, Workspace).Allowed.ShouldBeTrue();
                    TokenScopes.Covers([scope], permission).ShouldBeTrue();
                }
            }
        }
        var reading = Person("owner", SiteRoles.Admin) with { Scopes = new HashSet<string>(TokenScopes.Default) };
        Enum.GetValues<Permission>()
            .Where(permission => Engine.Decide(reading, permission, null).Allowed)
            .ShouldBe([WorkspacesRead, JobsRead, TemplatesRead]);
        Engine.Decide(reading with { Scopes = new HashSet<string>() }, WorkspacesRead, Workspace).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void ASandbox_SeesItsOwnWorkspace_AndNothingElse()
    {
        var sandbox = new Subject(
            "w-1",
            "workspace:w-1",
            "",
            new HashSet<string> { SiteRoles.Admin },
            SubjectKind.Sandbox,
            null,
            null,
            "unix"
        );
        Engine.Decide(sandbox, WorkspacesRead, Workspace).Allowed.ShouldBeTrue();
        Engine.Decide(sandbox, WorkspacesRead, Workspace with { Id = "w-2" }).Allowed.ShouldBeFalse();
        Engine.Decide(sandbox, WorkspacesRead, null).Allowed.ShouldBeFalse();
        foreach (var permission in Enum.GetValues<Permission>().Where(permission => permission != WorkspacesRead))
            Engine.Decide(sandbox, permission, Workspace).Allowed.ShouldBeFalse(permission.Name());
    }

    [Fact]
    public void AResourceWithoutOwner_IsNobodys()
    {
        var ownerless = Workspace with { OwnerId = null, Shares = null };
        Engine.Decide(Person("owner", SiteRoles.Member), WorkspacesRead, ownerless).Allowed.ShouldBeFalse();
        Engine.Decide(Person("owner", SiteRoles.Admin), WorkspacesRead, ownerless).Allowed.ShouldBeTrue();
    }

    private static Subject Person(string id, params string[] roles) =>
        new(id, $"{id}@example.com", id, roles.ToHashSet(), SubjectKind.Person, null, null, "192.0.2.1");
}
