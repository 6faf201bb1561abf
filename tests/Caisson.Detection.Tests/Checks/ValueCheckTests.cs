using Caisson.Detection.Checks;

namespace Caisson.Detection.Tests.Checks;

public class ValueCheckTests
{
    [Theory]
    // Published in GitHub's and others' texts on the format, and no longer valid.
    [InlineData("ghp_zQWBuTSOoRi4A9sp" + "HcVY5ncnsDkxkJ0mLq17", true)]
    [InlineData("ghp_zQWBuTSOoRi4A9sp" + "HcVY5ncnsDkxkJ0mLq18", false)]
    public void GitHub_ComparesTheChecksum(string value, bool right) => ValueChecks.Find("github")(value).ShouldBe(right);

    [Theory]
    [InlineData("4111 1111 1111 1111", true)]
    [InlineData("4111 1111 1111 1112", false)]
    [InlineData("0000 0000 0000 0000", false)]
    public void Luhn_AddsUpTheDigits(string value, bool right) => ValueChecks.Find("luhn")(value).ShouldBe(right);

    [Theory]
    [InlineData("GB82 WEST 1234 5698 7654 32", true)]
    [InlineData("DE89370400440532013000", true)]
    [InlineData("DE88370400440532013000", false)]
    public void Mod97_DividesTheNumber(string value, bool right) => ValueChecks.Find("mod97")(value).ShouldBe(right);

    [Theory]
    // Bitcoin's wiki, "Wallet import format".
    [InlineData("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", true)]
    [InlineData("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK", false)]
    [InlineData("0OIl", false)]
    public void Base58Check_ComparesTheChecksum(string value, bool right) => ValueChecks.Find("base58check")(value).ShouldBe(right);

    [Theory]
    // RFC 7519, 3.1.
    [InlineData(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        true
    )]
    [InlineData("eyJmb28iOiJiYXIifQ.eyJmb28iOiJiYXIifQ.dBjftJeZ4CVP", false)]
    [InlineData("one.two.three", false)]
    public void Jwt_ReadsTheParts(string value, bool right) => ValueChecks.Find("jwt")(value).ShouldBe(right);

    [Theory]
    // The account in it: 581039954779, by the published way to read it.
    [InlineData("ASIAQNZGKIQY56JQ7WML", true)]
    [InlineData("AKIA77777777777777AA", false)]
    [InlineData("AKIAIOSFODNN7EXAMPLE", true)]
    [InlineData("AKIA0189018901890189", false)]
    public void AwsKeyId_ReadsTheAccount(string value, bool right) => ValueChecks.Find("aws-key-id")(value).ShouldBe(right);

    [Theory]
    // BIP-173 and BIP-350, "Test vectors".
    [InlineData("A12UEL5L", true)]
    [InlineData("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", true)]
    [InlineData("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", true)]
    [InlineData("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx", false)]
    [InlineData("1nwldj5", false)]
    public void Bech32_ComparesTheChecksum(string value, bool right) => ValueChecks.Find("bech32")(value).ShouldBe(right);

    [Theory]
    // SEP-23, "Valid test cases": an address has the same form as a seed.
    [InlineData("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", true)]
    [InlineData("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA", false)]
    [InlineData("ga7", false)]
    public void Crc16_ComparesTheChecksum(string value, bool right) => ValueChecks.Find("crc16")(value).ShouldBe(right);

    [Theory]
    [InlineData("k7Wq2xLm9ZtR", true)]
    [InlineData("correct-horse-7", true)]
    [InlineData("password1", false)]
    [InlineData("$DB_7", false)]
    [InlineData("nothing", false)]
    public void Password_IsNoWordOfExamples(string value, bool right) => ValueChecks.Find("password")(value).ShouldBe(right);

    [Theory]
    [InlineData("k7Wq2xLm9ZtRb4VnYc", true)]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015", true)]
    [InlineData("getAccessTokenFromCache2", false)]
    [InlineData("arn_aws_lambda_function_name_1", false)]
    public void Random_IsNotWritten(string value, bool right) => ValueChecks.Find("random")(value).ShouldBe(right);
}
