using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Agents.Configuration;
using Caisson.Agents.Credentials;

namespace Caisson.Agents.Codex;

/// <summary>
/// Tokens that Codex can read and that are worth nothing: the claims are only those that it needs, and the signature is the sandbox's placeholder,
/// so that the gateway knows each of them, and each of them renewed, wherever it is sent.
/// </summary>
public static class CodexTokens
{
    private static readonly string Header = Encode(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" });

    /// <summary>What <c>auth.openai.com/oauth/token</c> would answer to a renewal.</summary>
    public static string RenewalAnswer(ForwardedLogin login, string placeholder) =>
        new JsonObject
        {
            ["id_token"] = Token(login, placeholder),
            ["access_token"] = Token(login, placeholder),
            ["refresh_token"] = Refresh(placeholder),
        }.ToJsonString();

    internal static AgentFile File(string path, ForwardedLogin login, string placeholder) =>
        new(
            path,
            FileFormat.Json,
            [
                Setting.Owned(login.Mode, "auth_mode"),
                new FileSetting(["OPENAI_API_KEY"], "null"),
                Setting.Owned(Token(login, placeholder), "tokens", "id_token"),
                Setting.Owned(Token(login, placeholder), "tokens", "access_token"),
                Setting.Owned(Refresh(placeholder), "tokens", "refresh_token"),
                Setting.Owned(login.AccountId, "tokens", "account_id"),
                .. login.Renewed is { } renewed ? [Setting.Owned(renewed, "last_refresh")] : Array.Empty<FileSetting>(),
            ],
            HoldsPlaceholder: true
        );

    private static string Token(ForwardedLogin login, string placeholder)
    {
        var account = new JsonObject { ["chatgpt_account_id"] = login.AccountId };
        if (login.Plan is { } plan)
            account["chatgpt_plan_type"] = plan;
        var claims = new JsonObject { ["exp"] = login.Expires.ToUnixTimeSeconds(), ["https://api.openai.com/auth"] = account };
        return $"{Header}.{Encode(claims)}.{placeholder}";
    }

    private static string Refresh(string placeholder) => "rt_" + placeholder;

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
