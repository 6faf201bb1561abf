using System.Collections.Frozen;
using static Caisson.Identity.Permission;

namespace Caisson.Identity;

/// <summary>Roles of the whole site, which add up. To add a permission: its row here says who has it, and <c>docs/access.md</c> has to say the same.</summary>
public static class SiteRoles
{
    public const string Admin = "admin";
    public const string Operator = "operator";
    public const string Approver = "approver";
    public const string Auditor = "auditor";
    public const string Member = "member";

    public static IReadOnlyList<string> All { get; } = [Admin, Operator, Approver, Auditor, Member];

    /// <summary>On everything, whoever owns it.</summary>
    private static readonly FrozenDictionary<string, FrozenSet<Permission>> Everywhere = new Dictionary<string, Permission[]>(
        StringComparer.Ordinal
    )
    {
        [Admin] = Enum.GetValues<Permission>(),
        [Operator] =
        [
            WorkspacesRead,
            WorkspacesWrite,
            WorkspacesCreate,
            WorkspacesCreateForOthers,
            JobsRead,
            TemplatesRead,
            TemplatesWrite,
            UsersRead,
            HealthRead,
            HealthWrite,
            SettingsOwn,
        ],
        [Approver] = [SettingsOwn],
        [Auditor] = [AuditRead, RecordingsRead, SettingsOwn],
        [Member] = [WorkspacesCreate, TemplatesRead, SettingsOwn],
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(), StringComparer.Ordinal);

    /// <summary>On what the person owns or was given a share of, and there as <see cref="WorkspaceRights"/> says.</summary>
    private static readonly FrozenSet<Permission> OwnThings = WorkspaceRights.All.ToFrozenSet();

    public static bool IsKnown(string role) => Everywhere.ContainsKey(role);

    public static bool HasEverywhere(string role, Permission permission) =>
        Everywhere.TryGetValue(role, out var permissions) && permissions.Contains(permission);

    public static bool HasOnOwn(string role, Permission permission) => role == Member && OwnThings.Contains(permission);
}
