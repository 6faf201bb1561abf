namespace Caisson.Policy.Decisions;

public enum Verdict
{
    Allow,
    Deny,
    Hold,
}

/// <summary>The outcome for one request: verdict, the rule that decided, and what a person or model can do about it.</summary>
public sealed record Decision
{
    public required Verdict Verdict { get; init; }

    /// <summary>Set unless <see cref="Verdict"/> is <see cref="Verdict.Allow"/>.</summary>
    public Reason? Reason { get; init; }

    /// <summary>
    /// What decided, for people and records: <c>routes[2].match[0] (base.md:14)</c>, <c>routes[0].deny[1] (…)</c>, or <c>default</c> where nothing
    /// matched.
    /// </summary>
    public required string Rule { get; init; }

    /// <summary>One or two sentences in plain words, without any header, query or credential value.</summary>
    public string Message { get; init; } = "";

    /// <summary>What to do next, most useful first.</summary>
    public IReadOnlyList<string> NextSteps { get; init; } = [];

    /// <summary>Ready arguments for asking the operator, no wider than the request needs. Null where asking can't help.</summary>
    public ProposalDraft? Propose { get; init; }

    /// <summary>The closest thing that is allowed, in words (<c>GET https://example.org/docs/…</c>), or null.</summary>
    public string? Nearest { get; init; }

    /// <summary>The route that matched the host, also for a denial by its rules. Null where no route did.</summary>
    public Route? Route { get; init; }

    /// <summary>The credential to inject, by name, or null. Only on <see cref="Verdict.Allow"/>.</summary>
    public string? Credential { get; init; }

    /// <summary>The path to forward: normalised on routes with path rules, else as sent.</summary>
    public string ForwardPath { get; init; } = "";

    /// <summary>HTTP status that fits the refusal: 403 in general, 400 for ambiguous requests, 421 for host_mismatch.</summary>
    public int Status { get; init; } = 403;
}

/// <summary>The arguments of the tool <c>propose</c> that fit a refusal; a person decides about them.</summary>
/// <param name="Kind">Always <c>route</c> for now.</param>
/// <param name="Host">As denied.</param>
/// <param name="Port">As denied.</param>
/// <param name="Method">As denied, or empty for protocols without methods.</param>
/// <param name="PathPrefix">The path as denied, or empty.</param>
public sealed record ProposalDraft(string Kind, string Host, int Port, string Method, string PathPrefix)
{
    /// <summary>The tool to call.</summary>
    public string Tool => "propose";
}

/// <summary>What a new connection may become, decided from name, port and first bytes before any request is read.</summary>
public enum ConnectionAction
{
    /// <summary>Terminate TLS or read clear HTTP, and decide each request.</summary>
    Inspect,

    /// <summary>Relay TLS bytes unopened after the check of the server name.</summary>
    Passthrough,

    /// <summary>Relay bytes of a <c>tcp</c> route.</summary>
    Relay,

    /// <summary>Reset, after recording the denial.</summary>
    Refuse,
}

/// <summary>The outcome for one new connection.</summary>
public sealed record ConnectionDecision(ConnectionAction Action, Decision Decision);
