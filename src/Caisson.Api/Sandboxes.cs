using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>What <c>caisson run</c> asks for: first as a plan, then, with the answers, as a sandbox.</summary>
public sealed record RunRequest
{
    /// <summary>An agent provider by name, or null to run <see cref="Arguments"/> as a command.</summary>
    public string? Agent { get; init; }

    /// <summary>The command, or further arguments of the agent.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Names, or absolute paths of files, in order.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary><c>clone</c>, <c>copy</c> or <c>mount</c>; null: as the policy says.</summary>
    public string? Repository { get; init; }

    /// <summary>Absolute path of the caller's working directory.</summary>
    public required string Directory { get; init; }
    public string? Name { get; init; }
    public string? Driver { get; init; }
    public bool Headless { get; init; }
    public string? Prompt { get; init; }

    /// <summary>The caller's terminal, or null for pipes.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>Keep or remove the sandbox at the end whatever the exit code; null: remove it after exit 0.</summary>
    public bool? Keep { get; init; }

    /// <summary>Values for <see cref="PlanResponse.Needs"/>, by their key. Never logged.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary><see cref="PlanResponse.Hash"/> of the plan that the person saw; a plan that has changed since is refused.</summary>
    public string? PlanHash { get; init; }

    /// <summary>Set by the server for the sandbox of a workspace.</summary>
    public Resident? Resident { get; init; }
}

public sealed record TerminalSize(int Columns, int Rows, string Term);

public sealed record PlanResponse
{
    public required string Hash { get; init; }
    public string? Agent { get; init; }
    public required string Driver { get; init; }
    public required string Isolation { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public required string Repository { get; init; }

    /// <summary>Path of the repository on the host, or null outside of one.</summary>
    public string? RepositoryPath { get; init; }
    public required string WorkingDirectory { get; init; }
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Names only.</summary>
    public required IReadOnlyList<string> Environment { get; init; }
    public required IReadOnlyList<string> Skills { get; init; }
    public required IReadOnlyList<string> Git { get; init; }

    /// <summary><c>host [scheme]</c> with an injected credential, <c>host</c> alone otherwise.</summary>
    public required IReadOnlyList<string> Routes { get; init; }
    public required IReadOnlyList<string> Limits { get; init; }

    /// <summary>Highest first: <c>high mount: …</c>.</summary>
    public required IReadOnlyList<PlanRisk> Risks { get; init; }

    /// <summary>Values that have to come from the caller.</summary>
    public required IReadOnlyList<PlanNeed> Needs { get; init; }

    /// <summary>Whether anything at all becomes possible that a person should have seen.</summary>
    public required bool Opens { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

public sealed record PlanRisk(string Rank, string Kind, string Text);

/// <param name="Key">The key of <see cref="RunRequest.Values"/>.</param>
/// <param name="Kind"><c>env</c>: the caller's variable <paramref name="Name"/>; <c>prompt</c>: ask the person.</param>
/// <param name="Text">The question to show.</param>
/// <param name="Available">Whether the server has it itself.</param>
public sealed record PlanNeed(string Key, string Kind, string Name, string Text, bool Required, bool Available);

public sealed record SandboxResponse
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary><c>starting</c>, <c>running</c>, <c>stopped</c>, <c>preserved</c>, <c>failed</c>.</summary>
    [AllowedValues("starting", "running", "stopped", "preserved", "failed")]
    public required string State { get; init; }
    public string? Agent { get; init; }
    public required string Driver { get; init; }
    public required string Directory { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>The process that <c>run</c> or <c>resume</c> started.</summary>
    public int? Process { get; init; }
    public int? ExitCode { get; init; }
    public string? Detail { get; init; }
    public string? CaFingerprint { get; init; }
    public long? MemoryBytes { get; init; }

    /// <summary>How long each stage of the last launch took.</summary>
    public IReadOnlyList<StageTiming> Stages { get; init; } = [];
}

public sealed record StageTiming(string Stage, double Milliseconds);

public sealed record SandboxList(IReadOnlyList<SandboxResponse> Items);

public sealed record ProcessRequest
{
    public required IReadOnlyList<string> Arguments { get; init; }
    public TerminalSize? Terminal { get; init; }
    public string? Directory { get; init; }
    public bool StandardInput { get; init; }
}

public sealed record ProcessResponse(int Process);

public sealed record ProcessExit(int ExitCode, bool TimedOut, double Milliseconds);

public sealed record ResumeRequest(TerminalSize? Terminal, [property: JsonRequired] IReadOnlyDictionary<string, string> Values);

/// <summary>Result of a stop or removal: <see cref="Failures"/> names every operation that failed; the others were done.</summary>
public sealed record TeardownResponse(IReadOnlyList<string> Failures);

/// <param name="Preserved">Whether the sandbox is kept for <c>caisson resume</c>.</param>
/// <param name="Work">Whether it holds changes to the repository that were not applied.</param>
public sealed record FinishResponse(bool Preserved, bool Work, IReadOnlyList<string> Failures);

/// <param name="Root">The repository on the host that the work started from.</param>
public sealed record PatchResponse(string Patch, string? Root, string? BaseCommit);

public sealed record LogResponse(IReadOnlyList<LogEntry> Items);

public sealed record LogEntry(DateTimeOffset Time, string Kind, string Text);
