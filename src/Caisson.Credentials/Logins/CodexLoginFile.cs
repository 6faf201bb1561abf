using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.Credentials.Files;

namespace Caisson.Credentials.Logins;

/// <summary>
/// Reads <c>auth.json</c> of Codex: <c>auth_mode</c>, <c>OPENAI_API_KEY</c>, <c>tokens</c> with <c>id_token</c>, <c>access_token</c>,
/// <c>refresh_token</c> and <c>account_id</c>, and <c>last_refresh</c>, as the pinned version writes it. It is only read, never written.
/// </summary>
public static class CodexLoginFile
{
    private const string SubscriptionMode = "chatgpt";
    private const string AccountClaims = "https://api.openai.com/auth";
    private const string SignIn = "Sign in with ChatGPT: run `codex login` as the server's user.";

    /// <summary>Where Codex of the server's user keeps its login.</summary>
    /// <param name="environment">A variable of that user, or null.</param>
    public static string Locate(Func<string, string?> environment) =>
        Path.GetFullPath(
            Path.Combine(
                environment("CODEX_HOME") is { Length: > 0 } own ? own : Path.Combine(environment("HOME") ?? "/root", ".codex"),
                "auth.json"
            )
        );

    /// <summary>The login, or why there is none that can be used at <paramref name="now"/>.</summary>
    public static CodexLoginResult Read(string path, DateTimeOffset now) => Judge(Read(path, out _), path, now);

    /// <summary>The login whatever its age, for callers that keep it.</summary>
    internal static CodexLoginResult Read(string path, out FileStamp stamp)
    {
        stamp = default;
        if (LinuxFile.Look(path, out var problem) is not { } facts)
            return File.Exists(path)
                ? new CodexLoginResult(
                    null,
                    $"The login of Codex, {path}, can't be read: {problem}.",
                    "Give the server's user access to it."
                )
                : new CodexLoginResult(
                    null,
                    $"Codex has no login on this machine: there is no {path}.",
                    $"{SignIn} A login in a keyring can't be used: set `cli_auth_credentials_store = \"file\"` in Codex's config.toml first."
                );
        if (PrivateFile.WhyNot(facts) is { } open)
            return new CodexLoginResult(null, $"The login of Codex, {path}, {open}.", "Then start again.");
        if (PrivateFile.Read(path, out stamp, out problem) is not { } content)
            return new CodexLoginResult(null, $"The login of Codex, {path}, {problem}.", "Try again.");
        return Parse(content, path);
    }

    /// <summary>Turns a login that has ended into its problem.</summary>
    internal static CodexLoginResult Judge(CodexLoginResult result, string path, DateTimeOffset now) =>
        result.Login is { } login && login.Expires <= now
            ? new CodexLoginResult(
                null,
                $"The ChatGPT login in {path} ended at {login.Expires:yyyy-MM-dd HH:mm} UTC.",
                "Run `codex` once on this machine, which renews it; if it asks, sign in with `codex login`."
            )
            : result;

    private static CodexLoginResult Parse(byte[] content, string path)
    {
        JsonObject? root;
        try
        {
            root = JsonNode.Parse(content) as JsonObject;
            // A key that stands there twice shows only when its object is looked into.
            _ = root?.Count;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return Malformed(path, "it is no JSON");
        }
        if (root is null)
            return Malformed(path, "it is no JSON object");
        var mode = Text(root, "auth_mode");
        var tokens = root["tokens"] as JsonObject;
        if (mode == "apikey" || (tokens is null && Text(root, "OPENAI_API_KEY") is not null))
            return new CodexLoginResult(
                null,
                $"{path} holds an API key of OpenAI and no ChatGPT login.",
                "Run `codex login` and choose ChatGPT; or give Caisson the key as a credential, and name that with `agent.credential` instead of `forward_login`."
            );
        if (mode is not (null or SubscriptionMode))
            return new CodexLoginResult(null, $"{path} holds a login of another kind than ChatGPT's, which can't be forwarded.", SignIn);
        if (tokens is null)
            return Malformed(path, "it has no tokens");
        if (Text(tokens, "access_token") is not { } access || JwtClaims.Read(access) is not { } claims)
            return Malformed(path, "its access token is no JWT");
        if (JwtClaims.End(claims) is not { } expires)
            return Malformed(path, "its access token does not say when it ends");
        var about = JwtClaims.Read(Text(tokens, "id_token"))?[AccountClaims] ?? claims[AccountClaims];
        if (Plain(Text(tokens, "account_id") ?? Text(about, "chatgpt_account_id")) is not { } account)
            return Malformed(path, "it names no account");
        var plan = Plain(Text(about, "chatgpt_plan_type"));
        return new CodexLoginResult(
            new CodexLogin(mode ?? SubscriptionMode, account, plan, expires, Text(root, "last_refresh"), new Secret(access))
        );
    }

    private static CodexLoginResult Malformed(string path, string what) =>
        new(null, $"The login of Codex in {path} is not what `codex login` writes: {what}.", SignIn);

    private static string? Text(JsonNode? node, string key) =>
        node is JsonObject parent && parent[key] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : null;

    /// <summary>What goes into the sandbox's own files and into headers has to be a plain word.</summary>
    private static string? Plain(string? text) =>
        text is { Length: <= 128 } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? text : null;
}
