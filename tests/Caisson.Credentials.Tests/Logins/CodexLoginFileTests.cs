using System.Buffers.Text;
using System.Text;
using Caisson.Credentials.Logins;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests.Logins;

public sealed class CodexLoginFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly TemporaryDirectory directory = new();

    private static string Good(int minutes = 60) =>
        $$"""
            {"auth_mode":"chatgpt","OPENAI_API_KEY":null,
             "tokens":{"id_token":"{{Token(minutes)}}","access_token":"{{Token(
                minutes
            )}}","refresh_token":"rt_secret","account_id":"account-1"},
             "last_refresh":"2026-11-25T10:00:00Z"}
            """;

    [Fact]
    public void ALogin_IsReadWithItsEnd()
    {
        var login = CodexLoginFile.Read(directory.File("auth.json", Good()), Now).Login.ShouldNotBeNull();
        (login.Mode, login.AccountId, login.Plan, login.Renewed).ShouldBe(("chatgpt", "account-1", "plus", "2026-11-25T10:00:00Z"));
        login.Expires.ShouldBe(Now.AddMinutes(60), TimeSpan.FromSeconds(1));
        login.AccessToken.Reveal().ShouldBe(Token(60));
        login.ToString().ShouldNotContain(Token(60));
    }

    [Fact]
    public void AnOlderFile_NamesNoMode_AndItsAccountInTheToken()
    {
        var file = directory.File(
            "auth.json",
            $$"""{"OPENAI_API_KEY":"sk-x","tokens":{"access_token":"{{Token(60)}}","account_id":null} }"""
        );
        var login = CodexLoginFile.Read(file, Now).Login.ShouldNotBeNull();
        (login.Mode, login.AccountId).ShouldBe(("chatgpt", "account-2"));
    }

    [Theory]
    [InlineData("""{"auth_mode":"apikey","OPENAI_API_KEY":"sk-secret"}""", "holds an API key of OpenAI and no ChatGPT login")]
    [InlineData("""{"OPENAI_API_KEY":"sk-secret"}""", "holds an API key of OpenAI and no ChatGPT login")]
    [InlineData("""{"auth_mode":"agentIdentity","tokens":{}}""", "login of another kind")]
    [InlineData("sk-secret {", "it is no JSON")]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("""{"tokens":{},"tokens":{}}""", "it is no JSON")]
    [InlineData("{}", "it has no tokens")]
    [InlineData("""{"tokens":{"access_token":"sk-secret"}}""", "its access token is no JWT")]
    [InlineData("""{"tokens":{"access_token":"e30.e30.sk-secret"}}""", "does not say when it ends")]
    [InlineData("""{"tokens":{"access_token":"e30.eyJleHAiOjE4MDAwMDAwMDB9.sk-secret"}}""", "it names no account")]
    public void WhatCanNotBeForwarded_SaysWhy_AndShowsNothing(string content, string why)
    {
        var result = CodexLoginFile.Read(directory.File("auth.json", content), Now);
        result.Login.ShouldBeNull();
        result.Problem.ShouldNotBeNull().ShouldContain(why);
        result.Fix.ShouldNotBeNull().ShouldContain("codex login");
        result.Words.ShouldNotContain("secret");
    }

    [Fact]
    public void AMissingOne_SaysWhereItIsLookedFor()
    {
        var result = CodexLoginFile.Read(Path.Combine(directory.Path, "auth.json"), Now);
        result.Problem.ShouldNotBeNull().ShouldContain($"there is no {directory.Path}/auth.json");
        result.Fix.ShouldNotBeNull().ShouldContain("codex login");
    }

    [Fact]
    public void OneThatOthersCanRead_IsRefused()
    {
        var file = directory.File("auth.json", Good(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        CodexLoginFile.Read(file, Now).Problem.ShouldNotBeNull().ShouldContain("others must not read it");
    }

    [Fact]
    public void AnEndedOne_SaysWhen()
    {
        var result = CodexLoginFile.Read(directory.File("auth.json", Good(-5)), Now);
        result.Login.ShouldBeNull();
        result.Problem.ShouldNotBeNull().ShouldContain($"ended at {Now.AddMinutes(-5):yyyy-MM-dd HH:mm} UTC");
        result.Fix.ShouldNotBeNull().ShouldContain("Run `codex` once on this machine");
    }

    [Fact]
    public void TheCredential_FollowsTheFile()
    {
        var file = directory.File("auth.json", Good(-5));
        var resolver = Given.Resolver(directory);
        var credential = Given.Credential(CredentialSourceKind.Login, file, name: "codex.login");

        var ended = resolver.Resolve(credential, null);
        ended.Secret.ShouldBeNull();
        ended.Unavailable.ShouldNotBeNull().ShouldStartWith("Credential codex.login (the login of Codex): The ChatGPT login in ");
        ended.Unavailable.ShouldEndWith("`codex login`.");

        directory.File("auth.json", Good(60));
        resolver.Resolve(credential, null).Secret!.Reveal().ShouldBe(Token(60));
    }

    [Fact]
    public void IsLookedForWhereCodexKeepsIt()
    {
        CodexLoginFile.Locate(Given.Environment(("HOME", "/home/u"))).ShouldBe("/home/u/.codex/auth.json");
        CodexLoginFile.Locate(Given.Environment(("HOME", "/home/u"), ("CODEX_HOME", "/srv/codex"))).ShouldBe("/srv/codex/auth.json");
    }

    public void Dispose() => directory.Dispose();

    private static string Token(int minutes)
    {
        var claims =
            $$"""{"exp":{{Now.AddMinutes(minutes).ToUnixTimeSeconds()}},"https://api.openai.com/auth":{"chatgpt_account_id":"account-2","chatgpt_plan_type":"plus"} }""";
        return $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2lnbmF0dXJl";
    }
}
