using Caisson.Agents.Configuration;
using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Policy;

namespace Caisson.Agents.Codex;

/// <summary>Codex. Its settings are described at developers.openai.com/codex/config-reference; what is not, was seen with the pinned version.</summary>
internal sealed class CodexProvider : IAgentProvider
{
    internal const string ApiHost = "api.openai.com";
    private const string SubscriptionHost = "chatgpt.com";
    private const string SignInHost = "auth.openai.com";
    private const string Settings = ".codex/config.toml";
    private const string Login = ".codex/auth.json";

    public string Name => "codex";
    public string Title => "Codex";
    public string? Unavailable => null;
    public IReadOnlyList<string> FilesWritten => [Settings, Login, ManagedKeys.Path];
    public IReadOnlyList<string> Hosts => [ApiHost, SubscriptionHost, SignInHost];

    public AgentAbilities Abilities =>
        AgentAbilities.Interactive
        | AgentAbilities.Headless
        | AgentAbilities.PromptOnStandardInput
        | AgentAbilities.JsonEvents
        | AgentAbilities.ModelChoice;

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) => VendorKeyShapes.OpenAi;

    public AgentPlanResult Plan(AgentPlanRequest request)
    {
        if (request.Build is not { } build)
            return AgentPlanResult.Refused("agents.lock has no build of codex for this machine.");
        if (request is { Interactive: false, Prompt: null, Arguments: [] })
            return AgentPlanResult.Refused("A headless run of codex needs a prompt.");
        List<AgentFile> files = [SettingsFile(request)];
        if (request.Credential is { } credential)
            files.Add(LoginFile(credential));
        return new AgentPlan
        {
            Provider = Name,
            Routes = Routes(request.Credential),
            Path = [Path.GetDirectoryName($"{AgentStore.MountRoot}/{Name}/{build.Executable}")!],
            Files = ManagedKeys.With(files),
            Command = Command(request, build),
            StandardInput = request.Interactive ? null : request.Prompt,
            Notes = request.Credential is null
                ? ["No credential is set for codex: sign in with 'codex login'. The token will then lie in the sandbox's home."]
                : [],
        };
    }

    /// <summary>With a credential only what a session needs, because the gateway makes every request there a request of the account's owner.</summary>
    private List<Route> Routes(AgentCredential? credential) =>
        credential is null
            ?
            [
                ProviderRoutes.To(Name, ApiHost, null, "OpenAI's API, with a sign-in inside the sandbox"),
                ProviderRoutes.To(Name, SubscriptionHost, null, "Codex with a subscription"),
                ProviderRoutes.To(Name, SignInHost, null, "Codex's sign-in"),
            ]
            :
            [
                ProviderRoutes.To(
                    Name,
                    ApiHost,
                    credential.Name,
                    "OpenAI's API",
                    ProviderRoutes.Posting(Name, "/v1/responses", "/v1/responses/compact"),
                    // Codex first opens a WebSocket to /v1/responses, with GET.
                    ProviderRoutes.ReadingExactly(Name, "/v1/responses"),
                    ProviderRoutes.Reading(Name, "/v1/models")
                ),
            ];

    private static AgentFile SettingsFile(AgentPlanRequest request) =>
        new(
            Settings,
            FileFormat.Toml,
            [
                .. string.IsNullOrWhiteSpace(request.SystemPrompt)
                    ? []
                    : new[] { Setting.Owned(request.SystemPrompt, "developer_instructions") },
                // The sandbox is the guard: Codex's own can't be made inside it, and its questions would stop a headless run.
                Setting.Default("never", "approval_policy"),
                Setting.Owned("danger-full-access", "sandbox_mode"),
                Setting.Owned(false, "check_for_update_on_startup"),
                Setting.Owned("file", "cli_auth_credentials_store"),
                Setting.Owned(false, "analytics", "enabled"),
                Setting.Owned(false, "feedback", "enabled"),
                // Each of these asks a host for something at every start, this one of chatgpt.com with the key.
                Setting.Owned(false, "features", "api_key_model_discovery"),
                Setting.Default(false, "features", "apps"),
                // A background server would copy the whole program into the home and outlive its terminal.
                Setting.Default(false, "features", "daemon_auto_start"),
                Setting.Default(false, "features", "plugins"),
                Setting.Default(false, "features", "remote_plugin"),
                Setting.Default(false, "tui", "animations"),
                Setting.Default(false, "tui", "show_tooltips"),
                Setting.Owned("trusted", "projects", request.WorkingDirectory, "trust_level"),
            ]
        );

    private static AgentFile LoginFile(AgentCredential credential) =>
        new(
            Login,
            FileFormat.Json,
            [Setting.Owned("apikey", "auth_mode"), Setting.Owned(credential.Placeholder, "OPENAI_API_KEY")],
            HoldsPlaceholder: true
        );

    private static List<string> Command(AgentPlanRequest request, AgentBuild build)
    {
        List<string> command = [$"{AgentStore.MountRoot}/codex/{build.Executable}"];
        if (!request.Interactive)
            command.AddRange(["exec", "--skip-git-repo-check"]);
        if (!request.Interactive && request.JsonEvents)
            command.Add("--json");
        if (request.Model is { } model)
            command.AddRange(["--model", model]);
        command.AddRange(request.Arguments);
        if (request.Prompt is { } prompt)
            // On a terminal the CLI takes its first prompt from nowhere else; headless, "-" is standard input.
            command.AddRange(request.Interactive ? ["--", prompt] : ["-"]);
        return command;
    }
}
