using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Known;

/// <summary>Values of all kinds are found, and what is not secret about them is not.</summary>
public class KnownValueTests
{
    // Made for this test, and of no use anywhere.
    private static readonly string Key = $"""
        -----BEGIN RSA PRIVATE {"KEY"}-----
        MIIEowIBAAKCAQEA1b9Q0mZ3kXv7rT2sWcLpY8dJfH5nUgB4eVaKiOxMzQwErTyU
        Zx3cVbN7mKjHgFdSaPoIuYtReWq1L2kJ9hG8fD7sA6pO5iU4yT3rE2wQ1zX0cVbN
        -----END RSA PRIVATE {"KEY"}-----
        """;

    private const string Account = """
        { "type": "service_account", "auth_uri": "https://accounts.example.com/o/oauth2/auth",
          "private_key_id": "9f3a71c04be88d2256e1aa9073bd4c51aa00bb11",
          "cert_url": "https://www.example.com/robot/v1/metadata/x509/name" }
        """;

    [Theory]
    [InlineData("p@$$w0rd!")]
    [InlineData("!@#$%^&*()_+{}|:")]
    [InlineData("gr\u00fc\u00dfe-\u00e4\u00f6")]
    public void Finds_AValueOfSigns(string value) =>
        Scanner(value).Scan(Encoding.UTF8.GetBytes($"x={value};")).ShouldContain(finding => finding.Rule == "known");

    [Fact]
    public void Finds_EachLineOfAPrivateKey_AndNotWhatAllOfThemHave()
    {
        var scanner = Scanner(Key);
        var lines = Key.Split('\n');

        foreach (var line in lines[1..3])
            Found(scanner, $"data: {line.Trim()}").ShouldBeTrue();
        Found(scanner, Key.Replace("\n", "\\n", StringComparison.Ordinal)).ShouldBeTrue();
        Found(scanner, lines[0] + "\n…\n" + lines[3]).ShouldBeFalse();
    }

    [Fact]
    public void Finds_WhatIsRandomInAnAccountsFile_AndNotItsAddresses()
    {
        var scanner = Scanner(Account);

        Found(scanner, "id 9f3a71c04be88d2256e1aa9073bd4c51aa00bb11").ShouldBeTrue();
        Found(scanner, "GET https://accounts.example.com/o/oauth2/auth").ShouldBeFalse();
        Found(scanner, "https://www.example.com/robot/v1/metadata/x509/name service_account private_key_id").ShouldBeFalse();
    }

    [Fact]
    public void Says_ThatItGaveUp_WhereMoreIsFoundThanIsTold()
    {
        // Whoever may send one value somewhere must not hide another one behind a thousand of it.
        var scanner = Scanner("allowed-8f2kq9zx7m", "hidden-51nv0tpw3c");
        var text = string.Concat(Enumerable.Repeat("allowed-8f2kq9zx7m, then ", 5000)) + "hidden-51nv0tpw3c";

        scanner.Scan(Encoding.ASCII.GetBytes(text)).ShouldContain(finding => finding.Kind == FindingKind.Bomb);
    }

    private static bool Found(Scanner scanner, string text) => scanner.Scan(Encoding.UTF8.GetBytes(text)).Count > 0;

    private static Scanner Scanner(params string[] values) =>
        new(
            RuleSet.Empty,
            new KnownIndex([
                .. values.Select((value, index) => new KnownSecret($"secret {index}", KnownKind.Known, Encoding.UTF8.GetBytes(value))),
            ]),
            Fingerprints.Ephemeral(),
            ScanLimits.Default
        );
}
