using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Policy;
using Caisson.Policy.Decisions;

namespace Caisson.Agents.Tests.Providers;

public sealed class PlanTests
{
    private const string Anthropic = "api.anthropic.com";
    private const string OpenAi = "api.openai.com";
    private const string Placeholder = "sk-placeholder-0123456789-0123456789";

    [Fact]
    public void Refuses_AProfilesText_WhereTheCommandHasNoWayToTakeIt()
    {
        var request = new AgentPlanRequest
        {
            WorkingDirectory = "/workspace",
            Arguments = ["true"],
            SystemPrompt = "Be brief.",
        };
        var error = AgentProviders.Find("custom")!.Plan(request).Error.ShouldNotBeNull();
        error.ShouldContain("claude, codex or opencode");
    }

    [Theory]
    [InlineData("claude", Anthropic, AgentCredentialKind.ApiKey, false, "claude-key-headless")]
    [InlineData("claude", Anthropic, AgentCredentialKind.Token, true, "claude-token-terminal")]
    [InlineData("claude", null, AgentCredentialKind.ApiKey, true, "claude-sign-in")]
    [InlineData("codex", OpenAi, AgentCredentialKind.ApiKey, false, "codex-key-headless")]
    [InlineData("codex", OpenAi, AgentCredentialKind.ApiKey, true, "codex-key-terminal")]
    [InlineData("codex", null, AgentCredentialKind.ApiKey, true, "codex-sign-in")]
    [InlineData("opencode", Anthropic, AgentCredentialKind.ApiKey, false, "opencode-anthropic-headless")]
    [InlineData("opencode", OpenAi, AgentCredentialKind.ApiKey, true, "opencode-openai-terminal")]
    [InlineData("opencode", null, AgentCredentialKind.ApiKey, true, "opencode-sign-in")]
    public void IsAsWritten(string agent, string? host, AgentCredentialKind kind, bool interactive, string golden) =>
        Plan(agent, host, kind, interactive).ShouldMatchGolden(golden);

    [Theory]
    [InlineData("claude", Anthropic)]
    [InlineData("codex", OpenAi)]
    [InlineData("opencode", Anthropic)]
    public void KeepsPromptAndPlaceholderOffTheCommandLine_WhenHeadless(string agent, string host)
    {
        var plan = Plan(agent, host, AgentCredentialKind.ApiKey, interactive: false);

        plan.Command.ShouldNotContain(argument => argument.Contains("Do it") || argument.Contains(Placeholder));
        plan.StandardInput.ShouldBe("Do it");
    }

    [Theory]
    [InlineData("claude", Anthropic)]
    [InlineData("codex", OpenAi)]
    [InlineData("opencode", Anthropic)]
    [InlineData("opencode", OpenAi)]
    public void MarksEveryPlaceholder(string agent, string host)
    {
        var plan = Plan(agent, host, AgentCredentialKind.ApiKey, interactive: true);

        plan.Environment.ShouldAllBe(variable => variable.IsPlaceholder == variable.Value.Contains(Placeholder));
        plan.Files.ShouldAllBe(file => file.HoldsPlaceholder == file.InitialContent.Contains(Placeholder));
        plan.Environment.Count(variable => variable.IsPlaceholder).ShouldBe(1 - plan.Files.Count(file => file.HoldsPlaceholder));
    }

    [Theory]
    [InlineData("claude", Anthropic, "POST", "/v1/messages", true)]
    [InlineData("claude", Anthropic, "GET", "/api/claude_code/settings", true)]
    [InlineData("claude", Anthropic, "POST", "/v1/files", false)]
    [InlineData("claude", Anthropic, "POST", "/v1/messages/batches", false)]
    [InlineData("claude", Anthropic, "GET", "/v1/organizations/users", false)]
    [InlineData("claude", Anthropic, "POST", "/api/event_logging/v2/batch", false)]
    [InlineData("claude", Anthropic, "GET", "/api/organizations/1/chat_conversations", false)]
    [InlineData("claude", Anthropic, "GET", "/api/oauth/files/1", false)]
    [InlineData("codex", OpenAi, "POST", "/v1/responses", true)]
    [InlineData("codex", OpenAi, "GET", "/v1/responses", true)]
    [InlineData("codex", OpenAi, "GET", "/v1/responses/resp_1", false)]
    [InlineData("codex", OpenAi, "POST", "/v1/files", false)]
    [InlineData("codex", OpenAi, "DELETE", "/v1/models/mine", false)]
    [InlineData("codex", OpenAi, "GET", "/v1/organization/admin_api_keys", false)]
    [InlineData("opencode", Anthropic, "POST", "/v1/messages", true)]
    [InlineData("opencode", Anthropic, "GET", "/v1/files", false)]
    public void OpensOnlyWhatASessionNeeds_WhereTheCredentialGoes(string agent, string host, string method, string path, bool allowed)
    {
        var routes = Plan(agent, host, AgentCredentialKind.ApiKey, interactive: true).Routes;

        var decision = RouteTable
            .Compile(routes)
            .Decide(
                new RequestFacts
                {
                    Protocol = RequestProtocol.Http,
                    Tls = true,
                    Host = host,
                    Port = 443,
                    Method = method,
                    Path = path,
                }
            );

        (decision.Verdict is Verdict.Allow).ShouldBe(allowed, decision.Message);
        decision.Credential.ShouldBe(allowed ? "vendor" : null);
    }

    [Theory]
    [InlineData(OpenAi, "/v1/responses", true)]
    [InlineData(OpenAi, "/v1/models", false)]
    [InlineData("chatgpt.com", "/backend-api/codex/responses", true)]
    [InlineData("chatgpt.com", "/backend-api/codex/models", false)]
    public void Codex_MayOpenItsWebSocket_AndNoOther(string host, string path, bool allowed)
    {
        var routes = Plan(
            "codex",
            host,
            AgentCredentialKind.Token,
            interactive: true,
            request => host == OpenAi ? request : Forward(request)
        ).Routes;

        var decision = RouteTable
            .Compile(routes)
            .Decide(
                new RequestFacts
                {
                    Protocol = RequestProtocol.WebSocket,
                    Tls = true,
                    Host = host,
                    Port = 443,
                    Method = "GET",
                    Path = path,
                }
            );

        (decision.Verdict is Verdict.Allow).ShouldBe(allowed, decision.Message);
    }

    [Fact]
    public void Codex_WithAForwardedLogin_IsAsWritten() =>
        Plan("codex", "chatgpt.com", AgentCredentialKind.Token, interactive: false, Forward).ShouldMatchGolden("codex-login-headless");

    [Theory]
    [InlineData("POST", "/backend-api/codex/responses", true)]
    [InlineData("GET", "/backend-api/codex/models", true)]
    [InlineData("GET", "/backend-api/wham/usage", true)]
    [InlineData("GET", "/backend-api/wham/accounts/check", true)]
    [InlineData("GET", "/backend-api/conversations", false)]
    [InlineData("POST", "/backend-api/wham/tasks", false)]
    [InlineData("GET", "/backend-api/wham/settings/user", false)]
    public void Codex_WithAForwardedLogin_OpensOnlyWhatASessionNeeds(string method, string path, bool allowed)
    {
        var decision = RouteTable
            .Compile(Plan("codex", "chatgpt.com", AgentCredentialKind.Token, interactive: true, Forward).Routes)
            .Decide(
                new RequestFacts
                {
                    Protocol = RequestProtocol.Http,
                    Tls = true,
                    Host = "chatgpt.com",
                    Port = 443,
                    Method = method,
                    Path = path,
                }
            );

        (decision.Verdict is Verdict.Allow).ShouldBe(allowed, decision.Message);
        decision.Credential.ShouldBe(allowed ? "vendor" : null);
    }

    [Fact]
    public void RoutesSayThatTheProviderBroughtThem()
    {
        foreach (var route in Plan("codex", OpenAi, AgentCredentialKind.ApiKey, interactive: true).Routes)
        {
            route.Origin.Layer.ShouldBe(Layer.AgentProvider);
            route.Match.ShouldAllBe(rule => rule.Origin.Layer == Layer.AgentProvider);
            route.Ports.ShouldBe([443]);
        }
    }

    [Fact]
    public void PassesTheUsersArgumentsUnchanged()
    {
        var plan = Plan(
            "claude",
            Anthropic,
            AgentCredentialKind.ApiKey,
            interactive: true,
            request => request with { Arguments = ["--resume", "a b"] }
        );

        plan.Command.Skip(1).ShouldBe(["--resume", "a b", "--", "Do it"]);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("pi")]
    [InlineData("hermes")]
    public void SaysThatAKnownAgentIsNotAvailableYet(string agent) =>
        AgentProviders.Find(agent)!.Plan(Request(null, interactive: true)).Error.ShouldNotBeNull().ShouldContain("not available yet");

    [Fact]
    public void KnowsNoAgentByAnotherName() => AgentProviders.Find("Claude").ShouldBeNull();

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode")]
    public void Refuses_AHeadlessRunWithoutAPrompt(string agent) =>
        AgentProviders
            .Find(agent)!
            .Plan(Request(null, interactive: false) with { Prompt = null })
            .Error.ShouldBe($"A headless run of {agent} needs a prompt.");

    [Fact]
    public void Refuses_ACredentialOfAnotherVendor_ForOpenCode() =>
        AgentProviders
            .Find("opencode")!
            .Plan(Request(Credential("models.example", AgentCredentialKind.ApiKey), interactive: true))
            .Error.ShouldBe("OpenCode can't use credential 'vendor': bind it to api.anthropic.com or to api.openai.com.");

    [Fact]
    public void Custom_RunsTheUsersCommand_WithThePromptOnStandardInput()
    {
        var custom = AgentProviders.Find("custom")!;

        custom.Plan(Request(null, interactive: false)).Error.ShouldNotBeNull().ShouldContain("needs a command");
        var plan = custom.Plan(Request(null, interactive: false) with { Arguments = ["my-agent", "--go"] }).Plan.ShouldNotBeNull();

        plan.Command.ShouldBe(["my-agent", "--go"]);
        plan.StandardInput.ShouldBe("Do it");
        plan.Routes.ShouldBeEmpty();
    }

    private static AgentPlanRequest Forward(AgentPlanRequest request) =>
        request with
        {
            Login = new ForwardedLogin(
                "chatgpt",
                "account-1",
                "plus",
                DateTimeOffset.FromUnixTimeSeconds(1800000000),
                "2026-11-25T10:00:00Z"
            ),
        };

    private static AgentCredential Credential(string host, AgentCredentialKind kind) => new("vendor", kind, Placeholder, [host]);

    private static AgentPlanRequest Request(AgentCredential? credential, bool interactive) =>
        new()
        {
            Credential = credential,
            Prompt = "Do it",
            Interactive = interactive,
            WorkingDirectory = "/workspace",
            Build = new AgentBuild("https://registry.npmjs.org/a.tgz", "", "", 1, 1, "bin/agent"),
            Version = "1.2.3",
        };

    private static AgentPlan Plan(
        string agent,
        string? host,
        AgentCredentialKind kind,
        bool interactive,
        Func<AgentPlanRequest, AgentPlanRequest>? change = null
    )
    {
        var request = Request(host is null ? null : Credential(host, kind), interactive);
        return AgentProviders.Find(agent)!.Plan(change is null ? request : change(request)).Plan.ShouldNotBeNull();
    }
}
