using Caisson.Agents.Credentials;
using Caisson.Agents.Store;

namespace Caisson.Agents;

/// <summary>What a provider makes its plan from. Paths are those inside the sandbox.</summary>
public sealed record AgentPlanRequest
{
    /// <summary>Null: the agent's own sign-in.</summary>
    public AgentCredential? Credential { get; init; }

    /// <summary>The login of the agent's CLI on this machine, which <see cref="Credential"/> then stands for. Null: none is forwarded.</summary>
    public ForwardedLogin? Login { get; init; }

    /// <summary>Null: an interactive agent waits for one.</summary>
    public string? Prompt { get; init; }

    /// <summary>The text of an agent profile: added to the CLI's own system prompt. Null or empty: none. A provider whose CLI has no way refuses it.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>The home that <see cref="AgentPlan.Files"/> are written below.</summary>
    public string Home { get; init; } = "/home/agent";

    /// <summary>What the user wrote after <c>--</c>: goes to the CLI unchanged.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>On a terminal; otherwise one prompt is answered and the CLI ends.</summary>
    public bool Interactive { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>Null: the CLI's own default.</summary>
    public string? Model { get; init; }

    /// <summary>Headless: machine-readable events on standard output instead of the final text.</summary>
    public bool JsonEvents { get; init; }

    /// <summary>The agent's pinned build, which says where its command lies; null for <c>custom</c>.</summary>
    public AgentBuild? Build { get; init; }

    /// <summary>The pinned version, or null for <c>custom</c>.</summary>
    public string? Version { get; init; }
}
