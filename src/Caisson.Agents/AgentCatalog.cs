using Caisson.Agents.Store;

namespace Caisson.Agents;

/// <summary>What <c>caisson agent list</c> shows.</summary>
public static class AgentCatalog
{
    /// <summary>Every known agent with its state in <paramref name="store"/>. No network.</summary>
    public static IReadOnlyList<AgentListing> List(AgentStore store) =>
        [.. AgentProviders.All.Select(provider => Describe(provider, store))];

    private static AgentListing Describe(IAgentProvider provider, AgentStore store)
    {
        // A command of the user's own is theirs to bring: nothing is installed for it.
        var state = provider.Name == "custom" ? new AgentState(AgentStoreStatus.Ready, null, null, null) : store.State(provider.Name);
        return new AgentListing
        {
            Name = provider.Name,
            Title = provider.Title,
            State = provider.Unavailable is null ? state.StatusName : "not_available",
            Why = provider.Unavailable ?? state.Why,
            PinnedVersion = state.Version,
            InstalledVersion = state.Status is AgentStoreStatus.Ready ? state.Version : null,
            Architecture = AgentLock.MachineArchitecture,
            Licence = store.Pin(provider.Name)?.Licence,
            Files = provider.FilesWritten,
            Hosts = provider.Hosts,
            NeedsCredential = provider.Hosts.Count > 0,
            Abilities = [.. AbilityNames(provider.Abilities)],
        };
    }

    private static IEnumerable<string> AbilityNames(AgentAbilities abilities)
    {
        if (abilities.HasFlag(AgentAbilities.Interactive))
            yield return "interactive";
        if (abilities.HasFlag(AgentAbilities.Headless))
            yield return "headless";
        if (abilities.HasFlag(AgentAbilities.PromptOnStandardInput))
            yield return "prompt_on_stdin";
        if (abilities.HasFlag(AgentAbilities.JsonEvents))
            yield return "json_events";
        if (abilities.HasFlag(AgentAbilities.ModelChoice))
            yield return "model_choice";
    }
}

/// <summary>One line of the list.</summary>
public sealed record AgentListing
{
    public required string Name { get; init; }
    public required string Title { get; init; }

    /// <summary><c>ready</c>, <c>not_installed</c>, <c>broken</c> or <c>not_available</c>. The server knows whether a credential is missing.</summary>
    public required string State { get; init; }

    /// <summary>In words, unless ready.</summary>
    public string? Why { get; init; }
    public string? PinnedVersion { get; init; }
    public string? InstalledVersion { get; init; }
    public required string Architecture { get; init; }
    public string? Licence { get; init; }

    /// <summary>Below the home.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>That its routes open.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }
    public bool NeedsCredential { get; init; }
    public required IReadOnlyList<string> Abilities { get; init; }
}
