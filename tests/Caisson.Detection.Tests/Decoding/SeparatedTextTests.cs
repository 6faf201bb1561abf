using System.Diagnostics;
using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Decoding;

public sealed class SeparatedTextTests
{
    private const string Value = "kq8Zt3Lw0RbY7uPx5NvC2sJd";

    private static readonly Scanner Scanner = new(
        BuiltInRules.All,
        new KnownIndex([new KnownSecret("it", KnownKind.Known, Encoding.ASCII.GetBytes(Value))]),
        Fingerprints.Ephemeral(),
        ScanLimits.Default
    );

    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    public static TheoryData<string> Separators => ["-", " ", "--", "\r\n", "\",\"", "., "];

    [Theory]
    [MemberData(nameof(Separators))]
    public void Finds_ARowAtEveryPlaceOfABlock(string separator)
    {
        var row = string.Join(separator, Token.ToCharArray());
        for (var before = 0; before < 140; before++)
        {
            var content = Encoding.ASCII.GetBytes(new string('x', before) + " " + row + new string('y', before % 70));
            Scanner.Scan(content).ShouldContain(finding => finding.Rule == "github-token", $"after {before}");
        }
    }

    // The same sign and character a hundred thousand times: each place used to be walked from to the end, half a minute in all.
    [Fact]
    public void Ends_OnAMegabyteOfOneRow()
    {
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("ABg/", 1 << 18)));
        var start = Stopwatch.GetTimestamp();
        Scanner.Scan(content);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }
}
