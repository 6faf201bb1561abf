using Caisson.Sandboxes.Doctor;

namespace Caisson.Sandboxes;

/// <summary>
/// Makes sandboxes of one kind. To add a driver: a folder beside <c>Bubblewrap/</c>, an implementation of this interface that publishes honest
/// <see cref="Capabilities"/>, and an entry in the driver table of the launcher; the parity suite then runs on it.
/// </summary>
public interface ISandboxDriver
{
    /// <summary>The name that manifests and <c>--driver</c> refer to.</summary>
    string Name { get; }

    DriverCapabilities Capabilities { get; }

    /// <summary>What this machine lacks for this driver, each with a remedy. Changes nothing.</summary>
    IReadOnlyList<Finding> Diagnose();

    /// <summary>
    /// Starts the sandbox and returns when its PID 1 reports that network, mounts and listeners stand. Undoes all it made when it fails.
    /// </summary>
    /// <exception cref="SandboxException">With the cause and the remedy.</exception>
    Task<ISandbox> StartAsync(SandboxSpec spec, CancellationToken cancellation);

    /// <summary>Takes over a sandbox that an earlier server process started, or returns null when it no longer runs.</summary>
    Task<ISandbox?> AdoptAsync(SandboxRuntime runtime, CancellationToken cancellation);

    /// <summary>Removes what a sandbox left behind that no longer runs. Returns the operations that failed, in words.</summary>
    /// <param name="runtime">Null when its launch was cut off before anything was recorded.</param>
    Task<IReadOnlyList<string>> CleanAsync(string sandboxId, SandboxRuntime? runtime, CancellationToken cancellation);
}

/// <param name="Isolation">The level this driver reaches.</param>
/// <param name="Network"><c>redirect</c> or <c>named-only</c>.</param>
/// <param name="Disk"><c>limited</c> or <c>measured</c>.</param>
/// <param name="Features">Further abilities by name: <c>pty</c>, <c>mount</c>, <c>freeze</c>, <c>adopt</c>.</param>
public sealed record DriverCapabilities(Isolation Isolation, string Network, string Disk, IReadOnlyList<string> Features);

/// <summary>How strongly a sandbox is separated from the host, weakest first.</summary>
public enum Isolation
{
    PlatformOnly,
    Process,
    Namespaces,
    GVisor,
    Vm,
}
