using System.Security.Cryptography;
using System.Text;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Placeholders;

/// <summary>The shape that a client expects of its credential.</summary>
public enum PlaceholderShape
{
    /// <summary>43 letters and digits.</summary>
    Opaque,

    /// <summary>An API key of Anthropic: <c>sk-ant-api03-</c>, 93 characters, <c>AA</c>.</summary>
    AnthropicApiKey,

    /// <summary>A token of a Claude subscription: <c>sk-ant-oat01-</c>, 93 characters, <c>AA</c>.</summary>
    AnthropicToken,

    /// <summary>A project key of OpenAI: <c>sk-proj-</c> and 156 characters.</summary>
    OpenAiKey,

    /// <summary>A personal token of GitHub: <c>ghp_</c>, 30 characters and a checksum of 6.</summary>
    GitHubToken,
}

/// <summary>
/// What stands for a credential inside a sandbox: shaped as its client expects, random, so unique per sandbox and credential, and worthless
/// anywhere but at that sandbox's gateway. It is no secret, and may be kept with the sandbox's state.
/// </summary>
public static class Placeholder
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new placeholder.</summary>
    public static string Create(PlaceholderShape shape) =>
        shape switch
        {
            PlaceholderShape.AnthropicApiKey => "sk-ant-api03-" + Random(93) + "AA",
            PlaceholderShape.AnthropicToken => "sk-ant-oat01-" + Random(93) + "AA",
            PlaceholderShape.OpenAiKey => "sk-proj-" + Random(156),
            PlaceholderShape.GitHubToken => GitHub(),
            _ => Random(43),
        };

    /// <summary>The shape that fits a credential, from the first vendor that it is bound to.</summary>
    public static PlaceholderShape ShapeOf(CredentialSpec credential)
    {
        foreach (var bind in credential.Bind)
        {
            if (Under(bind.Host, "anthropic.com"))
                return credential.Scheme == CredentialScheme.Bearer ? PlaceholderShape.AnthropicToken : PlaceholderShape.AnthropicApiKey;
            if (Under(bind.Host, "openai.com"))
                return PlaceholderShape.OpenAiKey;
            if (Under(bind.Host, "github.com"))
                return PlaceholderShape.GitHubToken;
        }
        return PlaceholderShape.Opaque;
    }

    // The last six characters are the CRC-32 of the rest in base 62, so that scanners know a real one
    // (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
    private static string GitHub()
    {
        var random = Random(30);
        var sum = Crc32(Encoding.ASCII.GetBytes(random));
        Span<char> digits = stackalloc char[6];
        for (var at = 5; at >= 0; at--, sum /= 62)
            digits[at] = Alphabet[(int)(sum % 62)];
        return $"ghp_{random}{digits}";
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var value in data)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320u);
        }
        return ~sum;
    }

    private static bool Under(string host, string domain) => host == domain || host.EndsWith("." + domain, StringComparison.Ordinal);

    private static string Random(int length) => RandomNumberGenerator.GetString(Alphabet, length);
}
