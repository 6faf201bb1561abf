using Caisson.Agents.Claude;
using Caisson.Agents.Codex;
using Caisson.Agents.Configuration;
using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Policy;

namespace Caisson.Agents.OpenCode;

/// <summary>
/// OpenCode, with a key of Anthropic or of OpenAI: which, is told by the host that the credential is bound to. Its settings are described at
/// opencode.ai/docs/config; what is not, was seen with the pinned version.
/// </summary>
internal sealed class OpenCodeProvider : IAgentProvider
{
    private const string Settings = ".config/opencode/opencode.json";
    private const string Login = ".local/share/opencode/auth.json";

    public string Name => "opencode";
    public string Title => "OpenCode";
    public string? Unavailable => null;
    public IReadOnlyList<string> FilesWritten => [Settings, Login, SystemPromptFile.Path, ManagedKeys.Path];
    public IReadOnlyList<string> Hosts => [ClaudeProvider.ApiHost, CodexProvider.ApiHost];

    public AgentAbilities Abilities =>
        AgentAbilities.Interactive
        | AgentAbilities.Headless
        | AgentAbilities.PromptOnStandardInput
        | AgentAbilities.JsonEvents
        | AgentAbilities.ModelChoice;

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) =>
        hosts.Contains(CodexProvider.ApiHost) ? VendorKeyShapes.OpenAi : VendorKeyShapes.Anthropic(kind);

    public AgentPlanResult Plan(AgentPlanRequest request)
    {
        if (request.Build is not { } build)
            return AgentPlanResult.Refused("agents.lock has no build of opencode for this machine.");
        if (request is { Interactive: false, Prompt: null, Arguments: [] })
            return AgentPlanResult.Refused("A headless run of opencode needs a prompt.");
        string? vendor = null;
        if (request.Credential is { } credential && (vendor = Vendor(credential)) is null)
        {
            return AgentPlanResult.Refused(
                $"OpenCode can't use credential '{credential.Name}': bind it to {ClaudeProvider.ApiHost} or to {CodexProvider.ApiHost}."
            );
        }
        List<AgentFile> files = [SettingsFile(request)];
        if (SystemPromptFile.Of(request) is { } prompt)
            files.Add(prompt);
        if (vendor is not null)
            files.Add(LoginFile(vendor, request.Credential!.Placeholder));
        return new AgentPlan
        {
            Provider = Name,
            Routes = vendor is null ? [] : [RouteOf(vendor, request.Credential!)],
            Environment = Variables,
            Path = [Path.GetDirectoryName($"{AgentStore.MountRoot}/{Name}/{build.Executable}")!],
            Files = ManagedKeys.With(files),
            Command = Command(request, build),
            StandardInput = request.Interactive ? null : request.Prompt,
            Notes = vendor is null
                ?
                [
                    "No credential is set for opencode: sign in with 'opencode auth login' and add a route for that vendor. The key will then lie in the sandbox's home.",
                ]
                : [],
        };
    }

    /// <summary>Its list of models and its parsers come with the program; whatever it would fetch at start is switched off.</summary>
    private static IReadOnlyList<AgentVariable> Variables { get; } =
    [
        new("OPENCODE_DISABLE_AUTOUPDATE", "1"),
        new("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1"),
        new("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
        new("OPENCODE_DISABLE_MODELS_FETCH", "1"),
        new("OPENCODE_DISABLE_SHARE", "1"),
    ];

    private static string? Vendor(AgentCredential credential) =>
        credential.Hosts.Contains(ClaudeProvider.ApiHost) ? "anthropic"
        : credential.Hosts.Contains(CodexProvider.ApiHost) ? "openai"
        : null;

    private Route RouteOf(string vendor, AgentCredential credential) =>
        vendor == "anthropic"
            ? ProviderRoutes.To(
                Name,
                ClaudeProvider.ApiHost,
                credential.Name,
                "Anthropic's API",
                ProviderRoutes.Posting(Name, "/v1/messages")
            )
            : ProviderRoutes.To(
                Name,
                CodexProvider.ApiHost,
                credential.Name,
                "OpenAI's API",
                ProviderRoutes.Posting(Name, "/v1/responses")
            );

    private static AgentFile SettingsFile(AgentPlanRequest request) =>
        new(
            Settings,
            FileFormat.Json,
            [
                Setting.Default("https://opencode.ai/config.json", "$schema"),
                Setting.Owned(false, "autoupdate"),
                Setting.Owned("disabled", "share"),
                // The sandbox is the guard, and a question would stop a headless run.
                Setting.Default("allow", "permission"),
                .. SystemPromptFile.Of(request) is null
                    ? []
                    : new[] { Setting.AddToList(SystemPromptFile.PathInside(request), "instructions") },
            ]
        );

    private static AgentFile LoginFile(string vendor, string placeholder) =>
        new(
            Login,
            FileFormat.Json,
            [Setting.Owned("api", vendor, "type"), Setting.Owned(placeholder, vendor, "key")],
            HoldsPlaceholder: true
        );

    private static List<string> Command(AgentPlanRequest request, AgentBuild build)
    {
        List<string> command = [$"{AgentStore.MountRoot}/opencode/{build.Executable}"];
        if (!request.Interactive)
            command.AddRange(request.JsonEvents ? ["run", "--format", "json"] : ["run"]);
        if (request.Model is { } model)
            command.AddRange(["--model", model]);
        command.AddRange(request.Arguments);
        // On a terminal the CLI takes its first prompt from nowhere else.
        if (request is { Interactive: true, Prompt: { } prompt })
            command.Add($"--prompt={prompt}");
        return command;
    }
}
