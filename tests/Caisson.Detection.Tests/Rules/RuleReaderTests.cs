using Caisson.Detection.Rules;

namespace Caisson.Detection.Tests.Rules;

public class RuleReaderTests
{
    private const string Good = """
          - id: one
            description: One
            severity: high
            keywords: [one_]
            pattern: 'one_[a-z0-9]{8}'
            examples: ['one_<>ab12cd34', 'x one_<>zz99yy88']
            counter_examples: ['one_<>ab', 'two_<>ab12cd34']
        """;

    [Fact]
    public void Reads_ARule()
    {
        var rule = RuleReader.Read("rules:\n" + Good, "my.yaml").Rules.ShouldHaveSingleItem().Rule;

        rule.Id.ShouldBe("one");
        rule.Examples[0].ShouldBe("one_ab12cd34");
    }

    [Theory]
    [InlineData("patern: x", "patern", "pattern")]
    [InlineData("pattern: '(?=x)one_'", "linear time", "")]
    [InlineData("pattern: '(?<a>one)\\k<a>'", "linear time", "")]
    [InlineData("pattern: 'one_['", "character", "")]
    [InlineData("pattern: 'x*'", "empty text", "")]
    [InlineData("keywords: [abc]", "four characters|at least 4 characters", "")]
    [InlineData("examples: ['nothing']", "is not found", "")]
    [InlineData("counter_examples: ['one_<>ab12cd34']", "is found", "")]
    [InlineData("checks: [luhnn]", "no such check", "")]
    [InlineData("severity: urgent", "urgent", "")]
    public void Refuses_AFaultByNameAndKeepsTheOthers(string line, string words, string suggestion)
    {
        var key = line[..(line.IndexOf(':') + 1)];
        var lines = Good.Split('\n').Where(each => !each.Trim().StartsWith(key, StringComparison.Ordinal)).Append("    " + line);
        var text = "rules:\n" + string.Join('\n', lines) + "\n" + Good.Replace("id: one", "id: other", StringComparison.Ordinal);

        var result = RuleReader.Read(text, "my.yaml");

        result.Rules.ShouldHaveSingleItem().Rule.Id.ShouldBe("other");
        var told = string.Join('\n', result.Errors.Select(error => error.ToString()));
        words.Split('|').ShouldContain(word => told.Contains(word, StringComparison.Ordinal), told);
        told.ShouldStartWith("my.yaml:");
        if (suggestion.Length > 0)
            told.ShouldContain($"did you mean '{suggestion}'");
    }

    [Fact]
    public void Refuses_TheSameIdTwice() =>
        RuleReader.Read("rules:\n" + Good + "\n" + Good, "my.yaml").Errors.ShouldHaveSingleItem().Message.ShouldContain("stands twice");
}
