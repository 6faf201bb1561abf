using System.Text;
using System.Text.Json;
using Caisson.Credentials.Masking;

namespace Caisson.Credentials.Tests.Masking;

public sealed class KnownSecretMaskTests
{
    private const string Value = "s3cr3t+/\"v\u00e4lue' &x";
    private static readonly KnownSecretMask Mask = new([new Secret(Value), new Secret("another-one")]);

    public static TheoryData<string> Forms =>
        new()
        {
            Value,
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + Value)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + Value + "tail")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Value)).Replace('+', '-').Replace('/', '_'),
            Convert.ToHexString(Encoding.UTF8.GetBytes(Value)),
            Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Value)),
            Uri.EscapeDataString(Value),
            Uri.EscapeDataString(Value).ToLowerInvariant().Replace("%c3%a4", "%c3%a4", StringComparison.Ordinal),
            Uri.EscapeDataString(Value).Replace("%20", "+", StringComparison.Ordinal),
            JsonSerializer.Serialize(Value),
            $"'{Value.Replace("'", "'\\''", StringComparison.Ordinal)}'",
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Hides_EveryForm(string form)
    {
        Mask.Finds($"before {form} after").ShouldBeTrue();
        var masked = Mask.Mask($"before {form} after");
        masked.ShouldContain("***");
        masked.ShouldStartWith("before ");
        masked.ShouldEndWith(" after");
        Mask.Finds(masked).ShouldBeFalse();
    }

    [Fact]
    public void Hides_EveryOccurrence_OfEverySecret() => Mask.Mask($"{Value}{Value} another-one.").ShouldBe("****** ***.");

    [Fact]
    public void Leaves_OtherTextAsItIs()
    {
        var text = "nothing to hide here";
        Mask.Mask(text).ShouldBeSameAs(text);
        KnownSecretMask.None.Mask(text).ShouldBeSameAs(text);
    }

    [Fact]
    public void Hides_TheLinesOfAKey()
    {
        var mask = new KnownSecretMask([new Secret("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----\n")]);
        mask.Mask("line: MIIEvQIBADANBgkqhkiG9w0!").ShouldBe("line: ***!");
    }

    [Fact]
    public void AVeryShortSecret_DoesNotTurnEverythingIntoStars() =>
        new KnownSecretMask([new Secret("a")]).Mask("banana").ShouldBe("banana");
}
