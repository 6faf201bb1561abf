using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.VendorStandIns.OpenAi;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A <c>CODEX_HOME</c> of the host as <c>codex login</c> leaves it, with tokens that only the stand-in accepts.</summary>
internal sealed class CodexHome : IDisposable
{
    internal const string Mail = "penelope@ithaca.example";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal string Path { get; } = Directory.CreateTempSubdirectory("ce-codex-").FullName;

    internal string File => System.IO.Path.Combine(Path, "auth.json");

    internal DateTimeOffset Expires { get; } = TimeProvider.System.GetUtcNow().AddDays(9);

    internal string AccessToken { get; }

    internal string RefreshToken { get; } = "rt_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(66));

    internal CodexHome()
    {
        AccessToken = Token(Expires);
        Write();
    }

    /// <summary>The login that works; or one that ended.</summary>
    internal void Write(bool ended = false)
    {
        var tokens = new JsonObject
        {
            ["id_token"] = Token(Expires),
            ["access_token"] = ended ? Token(TimeProvider.System.GetUtcNow().AddMinutes(-1)) : AccessToken,
            ["refresh_token"] = RefreshToken,
            ["account_id"] = ChatGptBackend.Account,
        };
        Write(
            new JsonObject
            {
                ["auth_mode"] = "chatgpt",
                ["OPENAI_API_KEY"] = null,
                ["tokens"] = tokens,
                ["last_refresh"] = TimeProvider
                    .System.GetUtcNow()
                    .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture),
            }.ToJsonString()
        );
    }

    internal void Write(string content)
    {
        var temporary = File + ".new";
        System.IO.File.WriteAllText(temporary, content);
        System.IO.File.SetUnixFileMode(temporary, OwnerOnly);
        System.IO.File.Move(temporary, File, overwrite: true);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Token(DateTimeOffset expires)
    {
        var claims = new JsonObject
        {
            ["email"] = Mail,
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["https://api.openai.com/profile"] = new JsonObject { ["email"] = Mail },
            ["https://api.openai.com/auth"] = new JsonObject
            {
                ["chatgpt_account_id"] = ChatGptBackend.Account,
                ["chatgpt_plan_type"] = "plus",
                ["chatgpt_user_id"] = "user-" + RandomNumberGenerator.GetHexString(24),
            },
        };
        return $"{Part("""{"alg":"RS256","kid":"stand-in","typ":"JWT"}""")}.{Part(claims.ToJsonString())}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(256))}";
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
