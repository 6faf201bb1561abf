using System.Text.Json;

namespace Caisson.Agents.Store;

/// <summary>
/// Agents on this machine: unpacked once at <c>DIRECTORY/NAME/VERSION/</c>, read-only, shown to every sandbox at
/// <c>/opt/caisson/agents/NAME</c>. Only <see cref="InstallAsync"/> uses the network. Thread-safe, also between processes.
/// </summary>
/// <param name="directory"><c>store/agents</c> of Caisson's home; made when needed.</param>
/// <param name="pins">What may be installed.</param>
/// <param name="client">For downloads; takes HTTPS_PROXY as every <see cref="HttpClient"/> does.</param>
/// <param name="registry">See <see cref="NpmRegistry.Find"/>.</param>
/// <param name="architecture">See <see cref="AgentLock.MachineArchitecture"/>.</param>
public sealed partial class AgentStore(
    string directory,
    AgentLock pins,
    HttpClient client,
    Uri registry,
    TimeProvider time,
    string architecture
)
{
    /// <summary>Inside a sandbox, the directory below which each agent is mounted under its name.</summary>
    public const string MountRoot = "/opt/caisson/agents";

    /// <summary>The store of a Caisson home for this machine with the built-in pins.</summary>
    /// <param name="caissonHome"><c>CAISSON_HOME</c>.</param>
    public static AgentStore Open(string caissonHome, HttpClient client, Uri registry, TimeProvider time) =>
        new(Path.Combine(caissonHome, "store", "agents"), AgentLock.BuiltIn, client, registry, time, AgentLock.MachineArchitecture);

    /// <summary>The pin of <paramref name="name"/> for all machines, or null.</summary>
    public AgentPin? Pin(string name) => pins.Agents.GetValueOrDefault(name);

    /// <summary>What is pinned for <paramref name="name"/> on this machine, or null.</summary>
    public AgentBuild? Build(string name) => pins.Agents.GetValueOrDefault(name)?.Builds.GetValueOrDefault(architecture);

    /// <summary>Looks at names and lengths only, so that a start costs no sum over hundreds of MB.</summary>
    public AgentState State(string name)
    {
        if (!pins.Agents.TryGetValue(name, out var pin))
            return new AgentState(AgentStoreStatus.NotAvailable, null, null, $"agents.lock has no agent '{name}'");
        if (Build(name) is not { } build)
            return new AgentState(
                AgentStoreStatus.NotAvailable,
                pin.Version,
                null,
                $"agents.lock has no build of {name} for {architecture}"
            );
        var home = VersionDirectory(name, pin);
        if (!Directory.Exists(home))
            return new AgentState(
                AgentStoreStatus.NotInstalled,
                pin.Version,
                null,
                $"{name} {pin.Version} is not installed: run 'caisson agent install {name}'"
            );
        return Damage(home, build) is { } why
            ? new AgentState(
                AgentStoreStatus.Broken,
                pin.Version,
                null,
                $"{home}: {why}. Run 'caisson agent install {name}' to unpack it anew"
            )
            : new AgentState(AgentStoreStatus.Ready, pin.Version, home, null);
    }

    private string VersionDirectory(string name, AgentPin pin) => Path.Combine(directory, name, pin.Version);

    /// <summary>Why an unpacked agent can't be used, or null.</summary>
    private static string? Damage(string home, AgentBuild build)
    {
        StoreStamp? stamp;
        try
        {
            stamp = JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(home, StoreStamp.FileName)),
                AgentLockJson.Default.StoreStamp
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"{StoreStamp.FileName} can't be read ({error.Message})";
        }
        if (stamp?.Sha256 != build.Sha256)
            return "it was made from another archive than the pinned one";
        foreach (var (path, length) in stamp.Files)
        {
            var file = new FileInfo(Path.Combine(home, path));
            if (!file.Exists)
                return $"{path} is missing";
            if (file.Length != length)
                return $"{path} has {file.Length} bytes and not {length}";
        }
        return stamp.Files.ContainsKey(build.Executable) ? null : $"it has no {build.Executable}";
    }
}
