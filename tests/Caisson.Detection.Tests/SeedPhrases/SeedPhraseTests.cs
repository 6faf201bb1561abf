using System.Security.Cryptography;
using System.Text;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;
using Caisson.Detection.SeedPhrases;

namespace Caisson.Detection.Tests.SeedPhrases;

public class SeedPhraseTests
{
    private static readonly Scanner Scanner = new(RuleSet.Empty, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default);

    private static IReadOnlyList<Finding> Scan(string text) => Scanner.Scan(Encoding.UTF8.GetBytes(text));

    // BIP-39: the secret, then the first bits of its SHA-256, eleven bits a word.
    private static string[] Phrase(int words, int seed)
    {
        var secret = SHA256.HashData([(byte)seed, (byte)words])[..(words * 4 / 3)];
        var bits = string.Concat(secret.Append(SHA256.HashData(secret)[0]).Select(item => Convert.ToString(item, 2).PadLeft(8, '0')));
        return [.. Enumerable.Range(0, words).Select(index => WordList.Word(Convert.ToInt32(bits.Substring(index * 11, 11), 2)))];
    }

    [Theory]
    [InlineData(12, " ")]
    [InlineData(15, "\n")]
    [InlineData(18, "\", \"")]
    [InlineData(21, ", ")]
    [InlineData(24, " ")]
    public void Finds_APhraseAtAnyPlace(int words, string between)
    {
        var phrase = string.Join(between, Phrase(words, 1));
        for (var before = 0; before < 60; before++)
        {
            var finding = Scan(new string('.', before) + phrase + "...").ShouldHaveSingleItem();
            finding.Rule.ShouldBe("seed-phrase");
            finding.Start.ShouldBe(before);
            finding.Length.ShouldBe(phrase.Length);
        }
    }

    [Fact]
    public void Finds_TheShortestWords()
    {
        // Words of three letters whose checksum is right, so that the phrase is as short as one can be.
        string[] three = [.. Enumerable.Range(0, 2048).Select(WordList.Word).Where(word => word.Length == 3)];
        var tries = Enumerable
            .Range(0, 400)
            .Select(seed =>
                string.Join(
                    ' ',
                    Enumerable.Range(0, 12).Select(index => three[(seed + (index * 31) + (index * index * seed)) % three.Length])
                )
            );
        var phrase = tries.First(text => Scan(text).Count > 0);
        phrase.Length.ShouldBe(47);
        for (var before = 0; before < 100; before++)
            Scan(new string('.', before) + phrase).ShouldHaveSingleItem();
    }

    [Fact]
    public void Finds_ItPackedAndInUpperCase()
    {
        var phrase = string.Join(' ', Phrase(12, 2));
        Scan(phrase.ToUpperInvariant()).ShouldHaveSingleItem();
        Scan(Convert.ToBase64String(Encoding.ASCII.GetBytes(phrase))).ShouldContain(finding => finding.Rule == "seed-phrase");
    }

    [Fact]
    public void PassesOver_WordsWithoutTheChecksum()
    {
        var words = Phrase(12, 3);
        (words[0], words[1]) = (words[1], words[0]);
        Scan(string.Join(' ', words)).ShouldBeEmpty();
        Scan(string.Join(' ', Phrase(12, 3)[..11])).ShouldBeEmpty();
    }

    [Fact]
    public void PassesOver_TheListItselfAndPublishedPhrases()
    {
        Scan(string.Join('\n', Enumerable.Range(0, 2048).Select(WordList.Word))).ShouldBeEmpty();
        // The first of the test vectors that BIP-39 names.
        Scan(string.Concat(Enumerable.Repeat("abandon ", 11)) + "about").ShouldBeEmpty();
    }
}
