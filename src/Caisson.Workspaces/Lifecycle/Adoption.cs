using System.Security.Cryptography;
using Caisson.Gateway;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Spawning;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Credentials;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>
/// Takes over a sandbox that an earlier server process started: its PID 1 went on alone, its programs and terminals live there, and only its
/// exit was closed. The same authority and placeholders serve it on, so nothing inside has to change.
/// </summary>
internal sealed class Adoption(
    CaissonDirectories directories,
    GatewayHost gateway,
    RunPlanner planner,
    CredentialLoading credentials,
    SealingKey sealing,
    SandboxStore store,
    TimeProvider time
)
{
    /// <returns>Null when it no longer runs.</returns>
    internal async Task<RunningSandbox?> TryAdoptAsync(SandboxRecord record, CancellationToken cancellation)
    {
        if (record.Runtime is not { } runtime)
            return null;
        RunPlan plan;
        SandboxAuthority authority;
        var files = directories.Sandbox(record.Id);
        try
        {
            plan = await planner.PlanAsync(record.Document.Request, cancellation, isRunning: true);
            var box = await File.ReadAllBytesAsync(files.SealedAuthority, cancellation);
            authority = SandboxAuthority.Unseal(record.Id, sealing.Bytes, box);
        }
        catch (Exception exception) when (exception is SandboxException or IOException or CryptographicException)
        {
            // Without its policy or authority the sandbox has no exit. It stays sealed and is stopped, with the reason.
            store.Log(record.Id, "warning", $"can't be taken over: {exception.Message}");
            return null;
        }
        if (await plan.Driver.AdoptAsync(runtime, cancellation) is not { } sandbox)
        {
            authority.Dispose();
            return null;
        }
        var secrets = credentials.Adopt(record, plan);
        var exit = await gateway.OpenAsync(Launcher.ExitOptions(record.Id, plan.Policy, files, secrets, authority, time), cancellation);
        exit.ExpectPeer(runtime.InitPid);
        if (record.Slot is { } slot)
            Ownership.Give(files.ExitSocket, UserPool.FirstUser + slot, UserPool.FirstUser + slot);
        store.Log(record.Id, "adopted", "taken over after a restart of the server");
        return new RunningSandbox(sandbox, exit, authority);
    }
}
