using Caisson.Agents.Credentials;

namespace Caisson.Agents.Tests.RealClis;

/// <summary>Each pinned CLI answers a prompt, runs a tool and ends, with nothing but what its provider's plan gives it.</summary>
public sealed class HeadlessTests
{
    private const string Anthropic = "api.anthropic.com";
    private const string OpenAi = "api.openai.com";

    [Theory]
    [InlineData("claude", Anthropic, AgentCredentialKind.ApiKey)]
    [InlineData("claude", Anthropic, AgentCredentialKind.Token)]
    [InlineData("codex", OpenAi, AgentCredentialKind.ApiKey)]
    [InlineData("opencode", Anthropic, AgentCredentialKind.ApiKey)]
    [InlineData("opencode", OpenAi, AgentCredentialKind.ApiKey)]
    public async Task EditsAFile_OnAPromptFromStandardInput(string agent, string host, AgentCredentialKind kind)
    {
        const string prompt = "Please do this: [write /workspace/made.txt: made by the agent]";
        await using var lab = await CliLab.CreateAsync(agent, host, kind, request => request with { Prompt = prompt });
        lab.Plan.Command.ShouldNotContain(argument => argument.Contains("made.txt"));

        var (exitCode, output, error) = await lab.RunAsync();

        exitCode.ShouldBe(0, output + error);
        output.ShouldContain("Stand-in finished: /workspace/made.txt is written.");
        (await File.ReadAllTextAsync(Path.Combine(lab.Workspace, "made.txt"))).ShouldBe("made by the agent\n");
    }

    [Theory]
    [InlineData("claude", Anthropic, "claude-haiku-4-5")]
    [InlineData("codex", OpenAi, "gpt-5.1-codex")]
    [InlineData("opencode", Anthropic, "anthropic/claude-haiku-4-5")]
    public async Task PrintsJsonEvents_AndTakesTheModel(string agent, string host, string model)
    {
        await using var lab = await CliLab.CreateAsync(
            agent,
            host,
            change: request => request with { Prompt = "Hello [model]", JsonEvents = true, Model = model }
        );

        var (exitCode, output, error) = await lab.RunAsync();

        exitCode.ShouldBe(0, output + error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldAllBe(line => line.StartsWith('{') && line.EndsWith('}'));
        output.ShouldContain($"Stand-in is {model.Split('/')[^1]}");
    }

    [Theory]
    [InlineData("claude", Anthropic, AgentCredentialKind.ApiKey)]
    [InlineData("claude", Anthropic, AgentCredentialKind.Token)]
    [InlineData("codex", OpenAi, AgentCredentialKind.ApiKey)]
    [InlineData("opencode", Anthropic, AgentCredentialKind.ApiKey)]
    [InlineData("opencode", OpenAi, AgentCredentialKind.ApiKey)]
    public async Task AsksOnlyForWhatItsRoutesAllow(string agent, string host, AgentCredentialKind kind)
    {
        await using var lab = await CliLab.CreateAsync(agent, host, kind, request => request with { Prompt = "Hello [run: true]" });

        var (exitCode, output, error) = await lab.RunAsync();

        exitCode.ShouldBe(0, output + error);
        lab.Requests.ShouldContain(request => request.Contains(host));
        lab.Refused().Except(KnownRefusals).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("claude", Anthropic)]
    [InlineData("codex", OpenAi)]
    [InlineData("opencode", Anthropic)]
    [InlineData("opencode", OpenAi)]
    public async Task TakesTheProfilesTextAsSystemPrompt(string agent, string host)
    {
        const string text = "You are \"the reviewer\".\n\n- Answers are [signed as Odysseus].\n";
        await using var lab = await CliLab.CreateAsync(
            agent,
            host,
            change: request => request with { Prompt = "Hello [signature]", SystemPrompt = text }
        );
        lab.Plan.Command.ShouldNotContain(argument => argument.Contains("Odysseus"));

        var (exitCode, output, error) = await lab.RunAsync();

        exitCode.ShouldBe(0, output + error);
        output.ShouldContain("Stand-in heard: Hello signed as Odysseus");
    }

    /// <summary>OpenCode looks for a package of its own in the background; a refusal does not hold it up.</summary>
    private static readonly string[] KnownRefusals = ["GET registry.npmjs.org/@opencode-ai%2fplugin"];
}
