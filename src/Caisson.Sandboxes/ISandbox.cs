using Caisson.Init.Protocol.Client;

namespace Caisson.Sandboxes;

/// <summary>
/// A running sandbox. All that provisioning may use: no step of it speaks to a driver's own tools. Stopping twice is harmless.
/// </summary>
public interface ISandbox
{
    string Id { get; }

    /// <summary>What must be known to find this sandbox again after a restart of the server.</summary>
    SandboxRuntime Runtime { get; }

    /// <summary>Exec, terminals, copies: the client of the sandbox's PID 1.</summary>
    InitClient Init { get; }

    /// <summary>Completes when PID 1 has ended.</summary>
    Task Exited { get; }

    /// <summary>Present use of processor, memory and processes, and how often each limit was hit.</summary>
    SandboxUsage Measure();

    /// <summary>What runs inside at present, by pid on the host.</summary>
    IReadOnlyDictionary<int, SandboxProgram> Programs();

    /// <summary>Stops or continues every process in place.</summary>
    Task FreezeAsync(bool frozen, CancellationToken cancellation);

    /// <summary>SIGTERM to every process, SIGKILL after the grace period, then removes what the driver made. Returns failed operations in words.</summary>
    Task<IReadOnlyList<string>> StopAsync(TimeSpan grace, CancellationToken cancellation);
}

/// <param name="MemoryBytes">Resident and cached memory charged to the sandbox.</param>
/// <param name="MemoryLimitHits">How often a process was killed for memory.</param>
/// <param name="ProcessLimitHits">How often a new process was refused.</param>
public sealed record SandboxUsage(long MemoryBytes, long CpuMicroseconds, int Processes, long MemoryLimitHits, long ProcessLimitHits)
{
    /// <summary>Of the memory what could be dropped at once: pages of files that nothing uses.</summary>
    public long InactiveFileBytes { get; init; }

    public long WorkingSetBytes => Math.Max(0, MemoryBytes - InactiveFileBytes);
}

/// <param name="Name">As the kernel has it: at most 15 characters, and the program's own to change.</param>
public sealed record SandboxProgram(string Name, long MemoryBytes);
