namespace Caisson.Agents.Store;

/// <summary>Whether an agent can be started from the store.</summary>
public enum AgentStoreStatus
{
    Ready,

    /// <summary>The pinned version is not in the store.</summary>
    NotInstalled,

    /// <summary>It is there, but not as it was unpacked.</summary>
    Broken,

    /// <summary>This version of Caisson has no pin for it, or none for this machine.</summary>
    NotAvailable,
}

/// <param name="Status">What can be done with it.</param>
/// <param name="Version">The pinned version, or null where none is pinned.</param>
/// <param name="Directory">Where it lies on the host when ready: what is mounted into sandboxes.</param>
/// <param name="Why">In words, unless ready.</param>
public sealed record AgentState(AgentStoreStatus Status, string? Version, string? Directory, string? Why)
{
    /// <summary>As in JSON output: <c>ready</c>, <c>not_installed</c>, <c>broken</c>, <c>not_available</c>.</summary>
    public string StatusName =>
        Status switch
        {
            AgentStoreStatus.Ready => "ready",
            AgentStoreStatus.NotInstalled => "not_installed",
            AgentStoreStatus.Broken => "broken",
            _ => "not_available",
        };
}

/// <summary>How an installation ended.</summary>
/// <param name="Directory">Where the agent lies, or null when it failed.</param>
/// <param name="Downloaded">Whether anything was fetched; false also when it was there before.</param>
/// <param name="Error">What happened and what to do next; null when it worked. What was in the store before is as it was.</param>
public sealed record InstallResult(string? Directory, bool Downloaded, string? Error)
{
    public bool Succeeded => Error is null;
}

/// <param name="Agent">Name.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Bytes">Done so far.</param>
/// <param name="Total">Of how many.</param>
public sealed record InstallProgress(string Agent, InstallStage Stage, long Bytes, long Total);

public enum InstallStage
{
    /// <summary>Another process installs the same agent; this one waits for it.</summary>
    Waiting,
    Downloading,
    Unpacking,
}
