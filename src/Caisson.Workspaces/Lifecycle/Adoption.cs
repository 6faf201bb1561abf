using System.Security.Cryptography;
using System.Text.Json;
using Caisson.Gateway;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Spawning;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Canaries;
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
    SealedValues values,
    CanaryLoading decoys,
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
        var secrets = credentials.Adopt(record, plan, Given(record, files));
        foreach (var asked in plan.Policy.Credentials.Where(credential => credential.Source.Kind == CredentialSourceKind.Prompt))
            store.Log(
                record.Id,
                "warning",
                $"the value of credential {asked.Name} was typed at the launch and lived in the memory of the server that has ended; requests that need it are refused. `caisson stop {record.Id}` and `caisson resume {record.Id}` ask for it again"
            );
        var canaries = decoys.Find(record.Id, files);
        var exit = await gateway.OpenAsync(
            Launcher.ExitOptions(record.Id, plan.Policy, files, secrets, canaries, authority, time),
            cancellation
        );
        exit.ExpectPeer(runtime.InitPid);
        if (record.Slot is { } slot)
            Ownership.Give(files.ExitSocket, UserPool.FirstUser + slot, UserPool.FirstUser + slot);
        store.Log(record.Id, "adopted", "taken over after a restart of the server");
        return new RunningSandbox(sandbox, exit, authority, plan.Policy.Terminal);
    }

    /// <summary>Without them the sandbox goes on, and what needs them is refused.</summary>
    private IReadOnlyDictionary<string, string> Given(SandboxRecord record, SandboxDirectories files)
    {
        try
        {
            return values.Read(files.SealedValues, record.Id);
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or JsonException)
        {
            store.Log(
                record.Id,
                "warning",
                $"the sealed values of its credentials can't be opened ({exception.Message}); requests that need them are refused"
            );
            return SealedValues.None;
        }
    }
}
