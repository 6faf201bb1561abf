namespace Caisson.Identity;

/// <summary>What an endpoint needs. Each endpoint declares one; <c>docs/access.md</c> lists who has which.</summary>
public enum Permission
{
    WorkspacesRead,

    /// <summary>Start, stop, rename, delete.</summary>
    WorkspacesWrite,
    WorkspacesCreate,
    WorkspacesCreateForOthers,
    WorkspacesShare,
    TerminalsView,
    TerminalsWrite,
    FilesRead,
    FilesWrite,
    JobsRead,
    TemplatesRead,
    TemplatesWrite,
    RecordingsRead,
    UsersRead,
    UsersWrite,
    AuditRead,
    HealthRead,

    /// <summary>Check again, mute, reload the configuration.</summary>
    HealthWrite,

    /// <summary>One's own settings, sessions and API tokens.</summary>
    SettingsOwn,

    /// <summary>The API of <c>caisson run</c>, which takes policies and directories of this machine from its caller.</summary>
    SandboxesAll,
}
