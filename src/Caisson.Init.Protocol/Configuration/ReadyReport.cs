namespace Caisson.Init.Protocol.Configuration;

/// <summary>The one JSON line that PID 1 writes to the ready descriptor: either all is set up, or what failed and what helps.</summary>
public sealed record ReadyReport
{
    public required bool Ready { get; init; }

    public string? SandboxId { get; init; }

    public string? Version { get; init; }

    /// <summary>Microseconds from PID 1's first instruction until it could accept requests and connections.</summary>
    public long SetupMicroseconds { get; init; }

    /// <summary>The step that failed: <c>config</c>, <c>sockets</c>, <c>network</c>, <c>masks</c>, <c>landlock</c>, <c>namespace</c>, <c>dns</c>, <c>listeners</c>.</summary>
    public string? Stage { get; init; }

    public string? Cause { get; init; }

    public string? Remedy { get; init; }
}
