using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Agents.Credentials;

namespace Caisson.Agents.Tests.Credentials;

public sealed class PlaceholderShapeTests
{
    [Theory]
    [InlineData("claude", AgentCredentialKind.ApiKey, "api.anthropic.com", "^sk-ant-api03-[A-Za-z0-9]{93}AA$")]
    [InlineData("claude", AgentCredentialKind.Token, "api.anthropic.com", "^sk-ant-oat01-[A-Za-z0-9]{93}AA$")]
    [InlineData("codex", AgentCredentialKind.ApiKey, "api.openai.com", "^sk-proj-[A-Za-z0-9]{156}$")]
    [InlineData("opencode", AgentCredentialKind.ApiKey, "api.openai.com", "^sk-proj-[A-Za-z0-9]{156}$")]
    [InlineData("opencode", AgentCredentialKind.ApiKey, "api.anthropic.com", "^sk-ant-api03-[A-Za-z0-9]{93}AA$")]
    public void HasTheFormThatTheClientExpects(string agent, AgentCredentialKind kind, string host, string form)
    {
        var shape = AgentProviders.Find(agent)!.PlaceholderFor(kind, [host]);

        shape.Create().ShouldMatch(form);
    }

    [Fact]
    public void IsAnotherOneEachTime() => PlaceholderShape.Opaque.Create().ShouldNotBe(PlaceholderShape.Opaque.Create());

    [Fact]
    public void AJwtKeepsItsClaims_AndLosesItsSignature()
    {
        var token = Jwt("""{"sub":"user","exp":1800000000}""");

        var placeholder = PlaceholderShape.CreateJwt(token, TimeProvider.System, TimeSpan.FromDays(30)).ShouldNotBeNull();

        placeholder.Split('.')[..2].ShouldBe(token.Split('.')[..2]);
        placeholder.Split('.')[2].ShouldNotBe(token.Split('.')[2]);
    }

    [Fact]
    public void AJwtWithoutEnd_GetsOneInTheFuture()
    {
        var placeholder = PlaceholderShape
            .CreateJwt(Jwt("""{"sub":"user"}"""), TimeProvider.System, TimeSpan.FromDays(30))
            .ShouldNotBeNull();

        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(placeholder.Split('.')[1]))!;
        ((string?)claims["sub"]).ShouldBe("user");
        var end = DateTimeOffset.FromUnixTimeSeconds((long)claims["exp"]!);
        (end - TimeProvider.System.GetUtcNow()).TotalDays.ShouldBe(30, tolerance: 0.01);
    }

    [Theory]
    [InlineData("sk-ant-api03-abc")]
    [InlineData("a.b")]
    [InlineData("a.!.c")]
    [InlineData("a.e30.")]
    public void WhatIsNoJwt_GetsNone(string token) =>
        PlaceholderShape.CreateJwt(token, TimeProvider.System, TimeSpan.FromDays(1)).ShouldBeNull();

    private static string Jwt(string claims) =>
        $"{Base64Url.EncodeToString("{\"alg\":\"RS256\"}"u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2lnbmF0dXJl";
}
