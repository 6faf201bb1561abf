using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Known;

public class KnownFormTests
{
    // A token of letters and digits, one with signs, a short password, a key in hexadecimal.
    private static readonly string[] Values =
    [
        "tok_9fQ2mZx7LrB4vWc8Hy3K",
        "p/Q+7r=Zk9.w-3Xv~2Lm8Tn5",
        "N0tMuch1onger",
        "3f9a71c04be88d2256e1aa9073bd4c51",
    ];

    private static readonly Scanner Scanner = new(
        RuleSet.Empty,
        new KnownIndex([
            .. Values.Select((value, index) => new KnownSecret($"secret {index}", KnownKind.Known, Encoding.ASCII.GetBytes(value))),
        ]),
        Fingerprints.Ephemeral(),
        ScanLimits.Default
    );

    public static TheoryData<string> Once => [.. Forms.All.Keys];

    public static TheoryData<string, string> Twice
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var inner in Forms.All.Keys)
            {
                foreach (var outer in Forms.All.Keys.Where(outer => outer != "raw" && inner != "raw" && !Missed.Contains((inner, outer))))
                    pairs.Add(inner, outer);
            }
            return pairs;
        }
    }

    // Turned round, an escape in the middle of text can't be told from text; and UTF-16 is known by its zeros, which these letters don't have.
    private static readonly (string, string)[] Missed =
    [
        ("percent, every third", "reversed"),
        ("full width", "UTF-16"),
        ("full width", "UTF-16, big end first"),
    ];

    [Theory]
    [MemberData(nameof(Once))]
    public void Finds_AValueWrittenIn(string form)
    {
        for (var value = 0; value < Values.Length; value++)
            ShouldFind(value, Forms.All[form](Encoding.ASCII.GetBytes(Values[value])));
    }

    [Theory]
    [MemberData(nameof(Twice))]
    public void Finds_AValueWrittenTwice(string inner, string outer)
    {
        // One with signs, and one that is short.
        foreach (var value in (int[])[1, 2])
            ShouldFind(value, Forms.All[outer](Forms.All[inner](Encoding.ASCII.GetBytes(Values[value]))));
    }

    [Fact]
    public void Finds_AnyPartOfSixteenCharacters()
    {
        var value = Values[3];
        for (var start = 0; start + 16 <= value.Length; start++)
            ShouldFind(3, Encoding.ASCII.GetBytes(value.Substring(start, 16)));
        Scanner.Scan(Encoding.ASCII.GetBytes("x=" + value[3..18] + "!")).ShouldBeEmpty();
    }

    [Fact]
    public void Says_WhereItStands()
    {
        var content = Encoding.ASCII.GetBytes("user=me&token=" + Values[0] + "&x=1");

        var finding = Scanner.Scan(content).ShouldHaveSingleItem();

        (finding.Start, finding.Length).ShouldBe((14, Values[0].Length));
        finding.Description.ShouldBe("secret 0");
        finding.Chain.ShouldBeEmpty();
    }

    [Fact]
    public void Shows_NothingOfTheValueButItsBeginning()
    {
        foreach (var finding in Scanner.Scan(Encoding.ASCII.GetBytes(string.Join(' ', Values))))
        {
            var text = finding.ToString();
            foreach (var value in Values)
                text.ShouldNotContain(value[4..12]);
        }
    }

    private static void ShouldFind(int value, byte[] written)
    {
        // Characters before it move every grouping; what stands around must not matter.
        foreach (var before in (string[])["", "a7", "{\"v\":\"q"])
        {
            byte[] content = [.. Encoding.ASCII.GetBytes(before), .. written, .. "\"} end"u8];
            Scanner
                .Scan(content)
                .ShouldContain(
                    finding => finding.Description == $"secret {value}",
                    $"{Values[value]} after '{before}' in {Encoding.Latin1.GetString(content)}"
                );
        }
    }
}
