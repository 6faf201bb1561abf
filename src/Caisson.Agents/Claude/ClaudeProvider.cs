using Caisson.Agents.Configuration;
using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Policy;

namespace Caisson.Agents.Claude;

/// <summary>Claude Code. Its settings are described at code.claude.com/docs/en/settings; what is not, was seen with the pinned version.</summary>
internal sealed class ClaudeProvider : IAgentProvider
{
    internal const string ApiHost = "api.anthropic.com";

    /// <summary>Where the sign-in of a user without a credential exchanges its code for a token.</summary>
    private const string SignInHost = "platform.claude.com";

    private const string State = ".claude.json";
    private const string Settings = ".claude/settings.json";

    /// <summary>
    /// Reachability, the account's profile, managed settings and limits, and the check before a page is fetched. Not <c>/api</c> as a whole:
    /// with a subscription's token that is also the owner's conversations and files.
    /// </summary>
    private static readonly string[] ReadPaths =
    [
        "/api/hello",
        "/api/claude_cli",
        "/api/claude_cli_profile",
        "/api/claude_code",
        "/api/claude_code_grove",
        "/api/claude_code_penguin_mode",
        "/api/directory",
        "/api/oauth/account",
        "/api/oauth/claude_cli",
        "/api/oauth/profile",
        "/api/oauth/usage",
        "/api/oauth/validate",
        "/api/web/domain_info",
    ];

    public string Name => "claude";
    public string Title => "Claude Code";
    public string? Unavailable => null;
    public IReadOnlyList<string> FilesWritten => [State, Settings, SystemPromptFile.Path, ManagedKeys.Path];
    public IReadOnlyList<string> Hosts => [ApiHost, SignInHost];

    public AgentAbilities Abilities =>
        AgentAbilities.Interactive
        | AgentAbilities.Headless
        | AgentAbilities.PromptOnStandardInput
        | AgentAbilities.JsonEvents
        | AgentAbilities.ModelChoice;

    public PlaceholderShape PlaceholderFor(AgentCredentialKind kind, IReadOnlyList<string> hosts) => VendorKeyShapes.Anthropic(kind);

    public AgentPlanResult Plan(AgentPlanRequest request)
    {
        if (request.Build is not { } build)
            return AgentPlanResult.Refused("agents.lock has no build of claude for this machine.");
        if (request is { Interactive: false, Prompt: null, Arguments: [] })
            return AgentPlanResult.Refused("A headless run of claude needs a prompt.");
        return new AgentPlan
        {
            Provider = Name,
            Routes = Routes(request.Credential),
            Environment = Environment(request.Credential),
            Path = [Path.GetDirectoryName($"{AgentStore.MountRoot}/{Name}/{build.Executable}")!],
            Files = ManagedKeys.With([
                StateFile(request),
                SettingsFile(),
                .. SystemPromptFile.Of(request) is { } prompt ? [prompt] : Array.Empty<AgentFile>(),
            ]),
            Command = Command(request, build),
            StandardInput = request.Interactive ? null : request.Prompt,
            Notes = request.Credential is null
                ? ["No credential is set for claude: sign in with /login. The token will then lie in the sandbox's home."]
                : [],
        };
    }

    /// <summary>With a credential only what a session needs, because the gateway makes every request there a request of the account's owner.</summary>
    private List<Route> Routes(AgentCredential? credential) =>
        credential is null
            ?
            [
                ProviderRoutes.To(Name, ApiHost, null, "Claude's API, with a sign-in inside the sandbox"),
                ProviderRoutes.To(Name, SignInHost, null, "Claude's sign-in", ProviderRoutes.Posting(Name, "/v1/oauth/token")),
            ]
            :
            [
                ProviderRoutes.To(
                    Name,
                    ApiHost,
                    credential.Name,
                    "Claude's API",
                    ProviderRoutes.Posting(Name, "/v1/messages", "/v1/messages/count_tokens"),
                    ProviderRoutes.Reading(Name, ["/v1/models", .. ReadPaths])
                ),
            ];

    private static List<AgentVariable> Environment(AgentCredential? credential)
    {
        List<AgentVariable> variables =
        [
            new("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            new("CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL", "1"),
            new("DISABLE_AUTOUPDATER", "1"),
            new("DISABLE_ERROR_REPORTING", "1"),
            new("DISABLE_INSTALLATION_CHECKS", "1"),
            new("DISABLE_TELEMETRY", "1"),
        ];
        if (credential is not null)
        {
            var name = credential.Kind is AgentCredentialKind.Token ? "CLAUDE_CODE_OAUTH_TOKEN" : "ANTHROPIC_API_KEY";
            variables.Add(new AgentVariable(name, credential.Placeholder, IsPlaceholder: true));
        }
        return variables;
    }

    /// <summary>Claude keeps in this file which questions it has asked already: each key answers one that would stand before the first prompt.</summary>
    private static AgentFile StateFile(AgentPlanRequest request)
    {
        List<FileSetting> settings =
        [
            Setting.Owned(true, "hasCompletedOnboarding"),
            Setting.Default(request.Version ?? "0", "lastOnboardingVersion"),
            Setting.Owned(true, "hasResetAutoModeOptInForDefaultOffer"),
            Setting.Owned(true, "hasSeenAutoDefaultNotice"),
            Setting.Owned(true, "hasSeenAutoDefaultNudge"),
            Setting.Owned(true, "hasSeenAutoModeEntryWarning"),
            Setting.Owned(true, "hasSeenAutoModeOutsideReadPrompt"),
            Setting.Owned(true, "officialMarketplaceAutoInstallAttempted"),
            Setting.Owned(true, "projects", request.WorkingDirectory, "hasTrustDialogAccepted"),
        ];
        // Claude asks whether to use a key that it finds in the environment, and remembers the answer by the key's last 20 characters.
        if (request.Credential is { Kind: AgentCredentialKind.ApiKey, Placeholder.Length: >= 20 } key)
            settings.Add(Setting.AddToList(key.Placeholder[^20..], "customApiKeyResponses", "approved"));
        return new AgentFile(State, FileFormat.Json, settings);
    }

    /// <summary>The sandbox and the gateway are the guard, so Claude doesn't ask before each step; users may set another mode.</summary>
    private static AgentFile SettingsFile() =>
        new(
            Settings,
            FileFormat.Json,
            [
                Setting.Default("dark", "theme"),
                Setting.Default("bypassPermissions", "permissions", "defaultMode"),
                Setting.Owned(true, "skipDangerousModePermissionPrompt"),
                Setting.Owned(true, "skipAutoPermissionPrompt"),
            ]
        );

    private static List<string> Command(AgentPlanRequest request, AgentBuild build)
    {
        List<string> command = [$"{AgentStore.MountRoot}/claude/{build.Executable}"];
        if (!request.Interactive)
            command.AddRange(request.JsonEvents ? ["-p", "--output-format", "stream-json", "--verbose"] : ["-p"]);
        if (request.Model is { } model)
            command.AddRange(["--model", model]);
        // A file, not an argument: a profile's text is long and would be what `ps` and the plan show.
        if (SystemPromptFile.Of(request) is not null)
            command.AddRange(["--append-system-prompt-file", SystemPromptFile.PathInside(request)]);
        command.AddRange(request.Arguments);
        // On a terminal the CLI takes its first prompt from nowhere else.
        if (request is { Interactive: true, Prompt: { } prompt })
            command.AddRange(["--", prompt]);
        return command;
    }
}
