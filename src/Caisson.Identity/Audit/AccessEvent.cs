namespace Caisson.Identity.Audit;

/// <summary>One thing that somebody did, or tried, with access. Holds no secret.</summary>
public sealed record AccessEvent
{
    /// <summary>Stable: <c>login</c>, <c>login.link_reused</c>, <c>token.created</c>, <c>user.disabled</c>, …</summary>
    public required string Action { get; init; }

    /// <summary>User id, workspace id, or <c>anonymous</c>.</summary>
    public required string Actor { get; init; }
    public string? ActingFor { get; init; }

    /// <summary>The client's address as it was used.</summary>
    public string? Source { get; init; }

    /// <summary>Who really spoke to this server: a proxy, often.</summary>
    public string? Peer { get; init; }
    public string? Agent { get; init; }
    public string? Request { get; init; }

    /// <summary>What it was done to.</summary>
    public string? Object { get; init; }

    /// <summary><c>ok</c>, <c>refused</c> or <c>failed</c>.</summary>
    public required string Outcome { get; init; }
    public string? Reason { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
}
