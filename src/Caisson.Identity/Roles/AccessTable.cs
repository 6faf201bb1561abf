using System.Text;
using Caisson.Identity.Tokens;

namespace Caisson.Identity;

/// <summary>The published table of who may do what, made from the same data that decides: <c>docs/access.md</c> holds it.</summary>
public static class AccessTable
{
    public static string Roles() =>
        Table(
            "permission",
            SiteRoles.All,
            (role, permission) =>
                SiteRoles.HasEverywhere(role, permission) ? "yes"
                : SiteRoles.HasOnOwn(role, permission) ? "own"
                : ""
        );

    public static string Rights() =>
        Table("permission", WorkspaceRights.Names, (right, permission) => WorkspaceRights.Includes(right, permission) ? "yes" : "");

    public static string Scopes()
    {
        var text = new StringBuilder("| scope | covers |\n|---|---|\n");
        foreach (var scope in TokenScopes.All)
        {
            var covered = Enum.GetValues<Permission>().Where(permission => TokenScopes.Covers([scope], permission)).ToList();
            text.Append($"| `{scope}` | ");
            text.Append(
                covered.Count == 0 ? "nothing yet"
                : covered.Count == Enum.GetValues<Permission>().Length ? "everything"
                : string.Join(", ", covered.Select(permission => $"`{permission.Name()}`"))
            );
            text.Append(" |\n");
        }
        return text.ToString();
    }

    private static string Table(string corner, IReadOnlyList<string> columns, Func<string, Permission, string> cell)
    {
        var text = new StringBuilder($"| {corner} | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");
        foreach (var permission in Enum.GetValues<Permission>())
        {
            var cells = columns.Select(column => cell(column, permission)).ToList();
            if (cells.Any(value => value.Length > 0))
                text.Append($"| `{permission.Name()}` | {string.Join(" | ", cells)} |\n");
        }
        return text.ToString();
    }
}
