using Caisson.Agents.Credentials;

namespace Caisson.Agents.Tests.RealClis;

/// <summary>Each pinned CLI stands at its empty prompt on a fresh home before any key is pressed, and answers what is typed there.</summary>
public sealed class FirstPromptTests
{
    /// <summary>Words of the screens that users must not meet: sign-in, onboarding, trust, themes, keys, updates, warnings.</summary>
    private static readonly string[] Questions =
    [
        "log in",
        "login",
        "sign in",
        "trust",
        "theme",
        "welcome",
        "get started",
        "onboarding",
        "api key",
        "do you want",
        "accept",
        "(y/n)",
        "press enter",
        "enter to",
        "update available",
        "warning",
        "failed",
        "error",
        "esc to",
        "❯ 1.",
        "› 1.",
    ];

    [Theory]
    [InlineData("claude", "api.anthropic.com", AgentCredentialKind.ApiKey, "bypass permissions on")]
    [InlineData("claude", "api.anthropic.com", AgentCredentialKind.Token, "bypass permissions on")]
    [InlineData("codex", "api.openai.com", AgentCredentialKind.ApiKey, "Ask Codex to do anything")]
    [InlineData("opencode", "api.anthropic.com", AgentCredentialKind.ApiKey, "Ask anything…")]
    [InlineData("opencode", "api.openai.com", AgentCredentialKind.ApiKey, "Ask anything…")]
    public async Task StandsAtItsPrompt_BeforeAnyKey(string agent, string host, AgentCredentialKind kind, string prompt)
    {
        await using var lab = await CliLab.CreateAsync(agent, host, kind, request => request with { Interactive = true });
        await using var screen = await Screen.StartAsync(lab.CommandLine());

        // This Enter goes to the shell that starts the CLI.
        var first = await screen.WaitForAsync(text => text.Contains(prompt), "Enter");

        foreach (var question in Questions)
            first.ShouldNotContain(question, Case.Insensitive);

        // What is typed now is a prompt: no hidden question eats it.
        await screen.PressAsync("-l", "say hello");
        await screen.WaitForAsync(text => text.Contains("say hello"));
        await screen.WaitForAsync(text => text.Contains("Stand-in heard: say hello"), "Enter");

        lab.Refused().Except(KnownRefusals).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("claude", "api.anthropic.com")]
    [InlineData("codex", "api.openai.com")]
    [InlineData("opencode", "api.anthropic.com")]
    public async Task WorksOnAPromptFromItsStart(string agent, string host)
    {
        const string prompt = "Please [run: echo made-$((40+2))]";
        await using var lab = await CliLab.CreateAsync(
            agent,
            host,
            change: request => request with { Interactive = true, Prompt = prompt }
        );
        await using var screen = await Screen.StartAsync(lab.CommandLine());

        await screen.WaitForAsync(text => text.Contains("Stand-in finished:") && text.Contains("made-42"), "Enter");
    }

    [Theory]
    [InlineData("claude", "api.anthropic.com", "bypass permissions on", "/login", "Select login method")]
    [InlineData("codex", "api.openai.com", "Sign in with ChatGPT", null, "Sign in with ChatGPT")]
    public async Task OffersItsOwnSignIn_WithoutACredential(string agent, string host, string first, string? command, string signIn)
    {
        await using var lab = await CliLab.CreateAsync(
            agent,
            host,
            change: request => request with { Credential = null, Interactive = true }
        );
        await using var screen = await Screen.StartAsync(lab.CommandLine());
        await screen.WaitForAsync(text => text.Contains(first), "Enter");
        if (command is null)
            return;

        await screen.PressAsync("-l", command);
        await screen.WaitForAsync(text => text.Contains(command));

        await screen.WaitForAsync(text => text.Contains(signIn), "Enter");
    }

    /// <summary>Asked for in the background; a refusal shows nowhere and holds nothing up.</summary>
    private static readonly string[] KnownRefusals =
    [
        "GET registry.npmjs.org/@opencode-ai%2fplugin",
        "GET raw.githubusercontent.com/openai/codex/main/announcement_tip.toml",
    ];
}
