namespace Caisson.Agents.Configuration;

/// <summary>The text of an agent profile as a file below the home, for CLIs that read their system prompt from one.</summary>
internal static class SystemPromptFile
{
    internal const string Path = ".caisson/system-prompt.md";

    /// <summary>Null where the request has none.</summary>
    internal static AgentFile? Of(AgentPlanRequest request) =>
        string.IsNullOrWhiteSpace(request.SystemPrompt)
            ? null
            : new AgentFile(Path, FileFormat.Text, [Setting.Owned(request.SystemPrompt)]);

    internal static string PathInside(AgentPlanRequest request) => $"{request.Home}/{Path}";
}
