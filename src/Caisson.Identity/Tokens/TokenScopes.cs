using System.Collections.Frozen;
using static Caisson.Identity.Permission;

namespace Caisson.Identity.Tokens;

/// <summary>What an API token may do of what its user may. Some scopes cover nothing yet: their parts of the product are still to come.</summary>
public static class TokenScopes
{
    public const string Admin = "admin";

    /// <summary>What a token gets when nothing is said: reading.</summary>
    public static IReadOnlyList<string> Default { get; } = ["workspaces:read"];

    private static readonly FrozenDictionary<string, FrozenSet<Permission>> Scopes = new Dictionary<string, Permission[]>(
        StringComparer.Ordinal
    )
    {
        ["workspaces:read"] = [WorkspacesRead, JobsRead, TemplatesRead],
        ["workspaces:write"] = [WorkspacesRead, WorkspacesWrite, WorkspacesCreate, WorkspacesShare, JobsRead, TemplatesRead],
        ["workspaces:create-for-others"] = [WorkspacesCreateForOthers],
        ["terminals:view"] = [TerminalsView, FilesRead, RecordingsRead],
        ["terminals:write"] = [TerminalsView, TerminalsWrite, FilesRead, FilesWrite],
        ["tasks:read"] = [],
        ["tasks:run"] = [],
        ["tasks:run-unattended"] = [],
        ["proposals:read"] = [],
        ["proposals:decide"] = [],
        ["audit:read"] = [AuditRead],
        ["usage:read"] = [],
        ["templates:write"] = [TemplatesRead, TemplatesWrite],
        [Admin] = Enum.GetValues<Permission>(),
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(), StringComparer.Ordinal);

    public static IEnumerable<string> All => Scopes.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string scope) => Scopes.ContainsKey(scope);

    public static bool Covers(IEnumerable<string> scopes, Permission permission) =>
        scopes.Any(scope => Scopes.TryGetValue(scope, out var permissions) && permissions.Contains(permission));
}
