using Caisson.Credentials.Placeholders;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests.Placeholders;

public sealed class PlaceholderTests
{
    [Theory]
    [InlineData(PlaceholderShape.AnthropicApiKey, "^sk-ant-api03-[0-9A-Za-z]{93}AA$")]
    [InlineData(PlaceholderShape.AnthropicToken, "^sk-ant-oat01-[0-9A-Za-z]{93}AA$")]
    [InlineData(PlaceholderShape.OpenAiKey, "^sk-proj-[0-9A-Za-z]{156}$")]
    [InlineData(PlaceholderShape.GitHubToken, "^ghp_[0-9A-Za-z]{36}$")]
    [InlineData(PlaceholderShape.Opaque, "^[0-9A-Za-z]{43}$")]
    public void HasTheClientsShape_AndIsNeverTheSame(PlaceholderShape shape, string pattern)
    {
        var all = Enumerable.Range(0, 100).Select(_ => Placeholder.Create(shape)).ToArray();
        all.ShouldAllBe(placeholder => System.Text.RegularExpressions.Regex.IsMatch(placeholder, pattern));
        all.ShouldBeUnique();
    }

    [Fact]
    public void AGitHubPlaceholder_CarriesItsChecksum()
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var placeholder = Placeholder.Create(PlaceholderShape.GitHubToken);
        var written = placeholder[^6..].Aggregate(0UL, (sum, digit) => sum * 62 + (ulong)Digits.IndexOf(digit, StringComparison.Ordinal));
        written.ShouldBe(Crc32(placeholder[4..^6]));
    }

    [Fact]
    public void TheChecksum_IsTheOneOfZlib() => Crc32("123456789").ShouldBe(0xCBF43926UL);

    [Theory]
    [InlineData("api.anthropic.com", CredentialScheme.Header, PlaceholderShape.AnthropicApiKey)]
    [InlineData("api.anthropic.com", CredentialScheme.Bearer, PlaceholderShape.AnthropicToken)]
    [InlineData("api.openai.com", CredentialScheme.Bearer, PlaceholderShape.OpenAiKey)]
    [InlineData("api.github.com", CredentialScheme.Token, PlaceholderShape.GitHubToken)]
    [InlineData("notanthropic.com", CredentialScheme.Header, PlaceholderShape.Opaque)]
    public void TheShape_FollowsTheVendor(string host, CredentialScheme scheme, PlaceholderShape shape) =>
        Placeholder.ShapeOf(Given.Credential(CredentialSourceKind.Env, "K", host: host, scheme: scheme)).ShouldBe(shape);

    // A table-driven form, so that the two don't share a mistake.
    private static ulong Crc32(string text)
    {
        var table = new uint[256];
        for (uint entry = 0; entry < 256; entry++)
        {
            table[entry] = entry;
            for (var bit = 0; bit < 8; bit++)
                table[entry] = (table[entry] & 1) != 0 ? 0xEDB88320 ^ (table[entry] >> 1) : table[entry] >> 1;
        }
        return ~text.Aggregate(0xFFFFFFFFu, (sum, character) => table[(sum ^ character) & 0xFF] ^ (sum >> 8));
    }
}
