using System.Security.Cryptography;
using System.Text.Json;
using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Workspaces.Credentials;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Canaries;

/// <summary>Makes a sandbox's decoys at its first launch and finds them again after a stop or a restart of the server.</summary>
internal sealed class CanaryLoading(SealedValues values, SandboxStore store)
{
    /// <summary>Those that it has, else new ones, which are sealed at once.</summary>
    internal SandboxCanaries Take(string id, SandboxDirectories files, EffectivePolicy policy)
    {
        var kept = Find(id, files);
        if (kept.Values.Count > 0)
            return kept;
        var made = SandboxCanaries.Create(
            policy.Detect.Canaries?.Value ?? CanaryPlacement.Env,
            [.. policy.Env.Select(entry => entry.Name)]
        );
        values.Write(files.SealedCanaries, id, made.Values);
        return made;
    }

    /// <summary>Without them the sandbox goes on, and its decoys are no longer known for what they are; that is logged.</summary>
    internal SandboxCanaries Find(string id, SandboxDirectories files)
    {
        try
        {
            return new SandboxCanaries(values.Read(files.SealedCanaries, id));
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or JsonException)
        {
            store.Log(
                id,
                "warning",
                $"its sealed decoys can't be opened ({exception.Message}); they are no longer looked for in what leaves"
            );
            return SandboxCanaries.None;
        }
    }
}
