using System.Text;

namespace Caisson.Identity;

/// <summary>How people read a permission: <c>workspaces:create-for-others</c>.</summary>
public static class PermissionName
{
    private static readonly Dictionary<Permission, string> Names = Enum.GetValues<Permission>().ToDictionary(value => value, Spell);

    public static string Name(this Permission permission) => Names[permission];

    private static string Spell(Permission permission)
    {
        var text = new StringBuilder();
        foreach (var character in permission.ToString())
        {
            if (char.IsAsciiLetterUpper(character) && text.Length > 0)
                text.Append(text.ToString().Contains(':', StringComparison.Ordinal) ? '-' : ':');
            text.Append(char.ToLowerInvariant(character));
        }
        return text.ToString();
    }
}
