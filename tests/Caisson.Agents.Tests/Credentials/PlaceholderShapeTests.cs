using Caisson.Agents.Credentials;

namespace Caisson.Agents.Tests.Credentials;

public sealed class PlaceholderShapeTests
{
    [Theory]
    [InlineData("claude", AgentCredentialKind.ApiKey, "api.anthropic.com", "^sk-ant-api03-[A-Za-z0-9]{93}AA$")]
    [InlineData("claude", AgentCredentialKind.Token, "api.anthropic.com", "^sk-ant-oat01-[A-Za-z0-9]{93}AA$")]
    [InlineData("codex", AgentCredentialKind.ApiKey, "api.openai.com", "^sk-proj-[A-Za-z0-9]{156}$")]
    [InlineData("codex", AgentCredentialKind.Token, "chatgpt.com", "^[A-Za-z0-9]{340}$")]
    [InlineData("opencode", AgentCredentialKind.ApiKey, "api.openai.com", "^sk-proj-[A-Za-z0-9]{156}$")]
    [InlineData("opencode", AgentCredentialKind.ApiKey, "api.anthropic.com", "^sk-ant-api03-[A-Za-z0-9]{93}AA$")]
    public void HasTheFormThatTheClientExpects(string agent, AgentCredentialKind kind, string host, string form)
    {
        var shape = AgentProviders.Find(agent)!.PlaceholderFor(kind, [host]);

        shape.Create().ShouldMatch(form);
    }

    [Fact]
    public void IsAnotherOneEachTime() => PlaceholderShape.Opaque.Create().ShouldNotBe(PlaceholderShape.Opaque.Create());
}
