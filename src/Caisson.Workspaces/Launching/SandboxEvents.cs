using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Launching;

/// <summary>The log of one sandbox, as <c>caisson logs</c> shows it.</summary>
internal sealed class SandboxEvents(string sandbox, SandboxStore store, TimeProvider time)
{
    internal DateTimeOffset Now => time.GetUtcNow();

    internal void Add(string kind, string text) => store.Log(sandbox, kind, text);
}
