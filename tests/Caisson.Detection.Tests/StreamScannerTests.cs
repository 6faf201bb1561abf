using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests;

public class StreamScannerTests
{
    private const string Value = "kq8Zt3Lw0RbY7uPx5NvC2sJd";

    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    private static readonly Scanner Scanner = new(
        BuiltInRules.All,
        new KnownIndex([new KnownSecret("it", KnownKind.Known, Encoding.ASCII.GetBytes(Value))]),
        Fingerprints.Ephemeral(),
        ScanLimits.Default
    );

    public static TheoryData<string> Written =>
        [Value, Token, Convert.ToBase64String(Encoding.ASCII.GetBytes("x" + Value)), Convert.ToHexString(Encoding.ASCII.GetBytes(Token))];

    [Theory]
    [MemberData(nameof(Written))]
    public void Finds_WhatIsCutAnywhere(string text)
    {
        var content = Encoding.ASCII.GetBytes($"{{\"before\":1,\"v\":\"{text}\",\"after\":2}}");
        for (var cut = 1; cut < content.Length; cut++)
        {
            using var stream = new StreamScanner(Scanner);
            var first = stream.Scan(content.AsSpan(0, cut));
            var second = stream.Scan(content.AsSpan(cut));
            first.Concat(second).ShouldNotBeEmpty($"cut at {cut}");
            // Never after its last byte has been let through.
            var end = content.Length - "\",\"after\":2}".Length;
            if (cut >= end)
                first.ShouldNotBeEmpty($"cut at {cut}");
        }
    }

    [Fact]
    public void Finds_WhatComesByteByByte()
    {
        using var stream = new StreamScanner(Scanner);
        var found = Encoding.ASCII.GetBytes($"a={Token}&b={Value}.").SelectMany(item => stream.Scan([item])).ToList();

        found.ShouldContain(item => item.Finding.Rule == "github-token" && item.Start == 2);
        found.ShouldContain(item => item.Finding.Rule == "known");
    }

    [Fact]
    public void Finds_TheLastOfManyBytesLikeTheFirst()
    {
        using var stream = new StreamScanner(Scanner);
        var filler = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("nothing to see here, move on\n", 20_000)));

        stream.Scan(filler).ShouldBeEmpty();
        var finding = stream.Scan(Encoding.ASCII.GetBytes(Value)).ShouldHaveSingleItem();

        finding.Start.ShouldBe(filler.Length);
        stream.Position.ShouldBe(filler.Length + Value.Length);
    }
}
