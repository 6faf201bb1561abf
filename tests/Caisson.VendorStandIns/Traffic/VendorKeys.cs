using System.Security.Cryptography;
using System.Text;

namespace Caisson.VendorStandIns.Traffic;

/// <summary>The real keys, one per vendor: the only ones that a stand-in accepts.</summary>
/// <param name="Anthropic">Accepted as <c>x-api-key</c> or as a bearer token.</param>
/// <param name="OpenAi">Accepted as a bearer token.</param>
public sealed record VendorKeys(string Anthropic, string OpenAi)
{
    /// <summary>The access token of a ChatGPT login. Unless it is set, nobody has one.</summary>
    public string ChatGpt { get; init; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// Reads lines of <c>anthropic=KEY</c>, <c>openai=KEY</c> and <c>chatgpt=TOKEN</c>; a file of one bare line is the key of both.
    /// </summary>
    public static VendorKeys Read(string file)
    {
        var lines = File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        if (
            lines is [var only]
            && !only.StartsWith("anthropic=", StringComparison.Ordinal)
            && !only.StartsWith("openai=", StringComparison.Ordinal)
        )
            return new VendorKeys(only, only);
        return new VendorKeys(Value("anthropic="), Value("openai=")) { ChatGpt = Value("chatgpt=") };

        // A vendor that is not named accepts nobody: its key is one that no client can know.
        string Value(string prefix) =>
            lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..]
            ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>First 16 hex digits of the SHA-256 of a key: enough to tell keys apart in a log, nothing to steal.</summary>
    public static string Fingerprint(string? key) =>
        string.IsNullOrEmpty(key) ? "none" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
}
