using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Agents.Codex;
using Caisson.Agents.Credentials;

namespace Caisson.Agents.Tests.Providers;

public sealed class CodexTokensTests
{
    private static readonly ForwardedLogin Login = new(
        "chatgpt",
        "account-1",
        "plus",
        DateTimeOffset.FromUnixTimeSeconds(1800000000),
        null
    );

    [Fact]
    public void ARenewal_GivesPlaceholders_WithTheRealEndAndNothingOfTheUser()
    {
        var answer = JsonNode.Parse(CodexTokens.RenewalAnswer(Login, "mark"))!;

        foreach (var name in new[] { "id_token", "access_token" })
        {
            var parts = ((string)answer[name]!).Split('.');
            parts[2].ShouldBe("mark");
            var claims = Claims(parts[1]);
            claims.Select(claim => claim.Key).ShouldBe(["exp", "https://api.openai.com/auth"]);
            ((long)claims["exp"]!).ShouldBe(1800000000);
            claims["https://api.openai.com/auth"]!
                .AsObject()
                .Select(claim => claim.Key)
                .ShouldBe(["chatgpt_account_id", "chatgpt_plan_type"]);
        }
        ((string)answer["refresh_token"]!).ShouldBe("rt_mark");
    }

    private static JsonObject Claims(string part) => JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part)))!.AsObject();
}
