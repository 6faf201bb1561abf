using Caisson.Api;
using Caisson.Gateway;
using Caisson.Policy.Composition;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>What the server holds of a sandbox that runs: the handle, its exit, its secrets, and the end of its main program.</summary>
internal sealed class RunningSandbox(ISandbox sandbox, SandboxExit exit, SandboxAuthority authority, TerminalRules terminals)
{
    /// <summary>What its policy says about terminals.</summary>
    internal TerminalRules Terminals => terminals;

    internal ISandbox Sandbox => sandbox;

    internal SandboxExit Exit => exit;

    internal SandboxAuthority Authority => authority;

    /// <summary>Writes into the home once more what Caisson manages there; null for one that was taken over.</summary>
    internal Func<CancellationToken, Task>? Provision { get; init; }

    /// <summary>
    /// Held by whoever ends this sandbox: a stop, a removal, or the end of its program. Who comes second finds <see cref="Finished"/> completed.
    /// </summary>
    internal SemaphoreSlim Ending { get; } = new(1, 1);

    /// <summary>Completes when the main program has ended and what follows from that was done.</summary>
    internal TaskCompletionSource<FinishResponse> Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a viewer was sent the main program's exit, which may be over before its viewer has come.</summary>
    internal TaskCompletionSource MainViewed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Serialises stop, removal and the end of the main program.</summary>
    internal SemaphoreSlim Teardown { get; } = new(1, 1);
}
