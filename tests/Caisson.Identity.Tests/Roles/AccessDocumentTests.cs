using System.Runtime.CompilerServices;

namespace Caisson.Identity.Tests.Roles;

/// <summary><c>docs/access.md</c> says what the code decides.</summary>
public sealed class AccessDocumentTests
{
    [Fact]
    public void Document_HoldsTheTablesThatDecide()
    {
        var document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/access.md"));
        document.ShouldContain(AccessTable.Roles());
        document.ShouldContain(AccessTable.Rights());
        document.ShouldContain(AccessTable.Scopes());
    }

    [Fact]
    public void Names_AreAsScopesSpellThem()
    {
        Permission.WorkspacesCreateForOthers.Name().ShouldBe("workspaces:create-for-others");
        Permission.AuditRead.Name().ShouldBe("audit:read");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
