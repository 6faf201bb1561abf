namespace Caisson.Workspaces.Workspaces;

/// <summary>What a workspace is.</summary>
public enum WorkspaceState
{
    /// <summary>Its job waits for its turn.</summary>
    Queued,
    Provisioning,
    Starting,
    Running,
    Stopping,
    Stopped,
    Archived,
    Failed,
    Deleting,

    /// <summary>Its home may still be there, until <see cref="WorkspaceRecord.HomeUntil"/>.</summary>
    Deleted,

    /// <summary>It can't be told; never taken for stopped.</summary>
    Unknown,
}

/// <summary>What a workspace is meant to be.</summary>
public enum DesiredState
{
    Running,
    Stopped,
    Archived,
    Deleted,
}
