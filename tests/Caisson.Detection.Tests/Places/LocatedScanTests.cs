using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Places;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Places;

public sealed class LocatedScanTests
{
    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    private static readonly Scanner Scanner = new(BuiltInRules.All, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default);

    /// <summary>Before, on and behind the places where one piece ends and the next begins.</summary>
    public static TheoryData<int> Places => [0, 1, 65_500, 65_536 - 40, 65_536, 65_537, 131_050, 131_072, 200_000];

    [Theory]
    [MemberData(nameof(Places))]
    public void Tells_LineAndColumnWhereverThePiecesEnd(int before)
    {
        var text = new string[before]
            .Select((_, index) => index % 37 == 36 ? '\n' : 'x')
            .ToArray();
        var content = new string(text) + " " + Token + "\nmore";

        var (findings, length) = LocatedScan.Scan(Scanner, new MemoryStream(Encoding.UTF8.GetBytes(content)));

        length.ShouldBe(content.Length);
        var finding = findings.ShouldHaveSingleItem();
        var line = text.Count(item => item == '\n') + 1;
        var column = before - (new string(text).LastIndexOf('\n') + 1) + 2;
        finding.Offset.ShouldBe(before + 1);
        finding.Start.ShouldBe(new TextPosition(line, column));
        finding.End.ShouldBe(new TextPosition(line, column + Token.Length));
    }

    [Fact]
    public void Tells_WhatIsInALongPackingOnce_AndWhere()
    {
        var filler = string.Join(' ', Enumerable.Range(0, 30_000));
        var packed = Convert.ToBase64String(Encoding.ASCII.GetBytes(filler + Token + filler));

        var (findings, _) = LocatedScan.Scan(Scanner, new MemoryStream(Encoding.ASCII.GetBytes(packed)));

        var finding = findings.ShouldHaveSingleItem();
        finding.Offset.ShouldBeInRange((filler.Length * 4 / 3) - 8, (filler.Length * 4 / 3) + 8);
        finding.Length.ShouldBeInRange(50, 70);
    }

    [Fact]
    public void Tells_NoMoreThanAThousand()
    {
        var content = string.Concat(Enumerable.Repeat(Token + "\n", 3000));
        LocatedScan.Scan(Scanner, new MemoryStream(Encoding.ASCII.GetBytes(content))).Findings.Count.ShouldBe(LocatedScan.Most);
    }
}
