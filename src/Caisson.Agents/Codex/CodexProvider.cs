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
    private const string SubscriptionPath = "/backend-api/codex";

    /// <summary>Which of OpenAI's hosts serves the account, and how much of the subscription is used. Not <c>/backend-api</c> as a whole: that is the owner's conversations and files, too.</summary>
    private static readonly string[] AccountPaths = ["/backend-api/wham/accounts/check", "/backend-api/wham/usage"];
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

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) =>
        hosts.Contains(SubscriptionHost) ? VendorKeyShapes.Signature : VendorKeyShapes.OpenAi;

    public AgentPlanResult Plan(AgentPlanRequest request)
    {
        if (request.Build is not { } build)
            return AgentPlanResult.Refused("agents.lock has no build of codex for this machine.");
        if (request is { Interactive: false, Prompt: null, Arguments: [] })
            return AgentPlanResult.Refused("A headless run of codex needs a prompt.");
        List<AgentFile> files = [SettingsFile(request)];
        if (request.Credential is { } credential)
            files.Add(request.Login is { } login ? CodexTokens.File(Login, login, credential.Placeholder) : LoginFile(credential));
        return new AgentPlan
        {
            Provider = Name,
            Routes = request is { Login: not null, Credential: { } forwarded } ? LoginRoutes(forwarded) : Routes(request.Credential),
            Path = [Path.GetDirectoryName($"{AgentStore.MountRoot}/{Name}/{build.Executable}")!],
            Files = ManagedKeys.With(files),
            Command = Command(request, build),
            StandardInput = request.Interactive ? null : request.Prompt,
            Notes = Notes(request),
        };
    }

    private static string[] Notes(AgentPlanRequest request) =>
        request switch
        {
            { Login: { } login } =>
            [
                $"Codex uses the ChatGPT login of this machine, which its sandbox doesn't hold. It ends at {login.Expires:yyyy-MM-dd HH:mm} UTC unless codex on this machine renews it.",
            ],
            { Credential: null } =>
            [
                "No credential is set for codex: sign in with 'codex login', or set agent.forward_login to use this machine's. A token of a sign-in inside will lie in the sandbox's home.",
            ],
            _ => [],
        };

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
                    ProviderRoutes.Conversing(Name, "/v1/responses"),
                    ProviderRoutes.Posting(Name, "/v1/responses/compact"),
                    ProviderRoutes.Reading(Name, "/v1/models")
                ),
            ];

    /// <summary>With a forwarded login: what a session needs, and the renewal, which the gateway answers itself.</summary>
    private List<Route> LoginRoutes(AgentCredential login) =>
        [
            ProviderRoutes.To(
                Name,
                SubscriptionHost,
                login.Name,
                "Codex with the ChatGPT login of this machine",
                ProviderRoutes.Conversing(Name, $"{SubscriptionPath}/responses"),
                ProviderRoutes.Posting(Name, $"{SubscriptionPath}/responses/compact"),
                ProviderRoutes.ReadingExactly(Name, [$"{SubscriptionPath}/models", .. AccountPaths])
            ),
            ProviderRoutes.To(Name, SignInHost, null, "Codex's renewal", ProviderRoutes.Posting(Name, "/oauth/token")) with
            {
                Renews = login.Name,
            },
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
                // The gateway looks through what is sent for placeholders; it can't through zstd.
                Setting.Owned(false, "features", "enable_request_compression"),
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
