using Caisson.Terminals.Screen;

namespace Caisson.Terminals.Tests.Screen;

public sealed class TextTests
{
    [Fact]
    public void FindsInHistoryAndScreen_AcrossWraps()
    {
        var screen = Given.Screen("find me\r\n........find me\r\n\r\n\r\n\r\nfind me");
        var result = screen.Search(Query("find me"));
        result.Outcome.ShouldBe(SearchOutcome.Complete);
        result.Matches.ShouldBe([new SearchMatch(0, 0, 0, 7), new SearchMatch(1, 8, 2, 5), new SearchMatch(6, 0, 6, 7)]);
    }

    [Theory]
    [InlineData("ERROR", false, false, 2)]
    [InlineData("ERROR", false, true, 1)]
    [InlineData("e..or", true, false, 2)]
    [InlineData("[0-9]+", true, false, 1)]
    [InlineData("e.or", false, false, 0)]
    public void CountsAsAsked(string pattern, bool isRegex, bool matchesCase, int count)
    {
        var screen = Given.Screen("ERROR 17\r\nerror");
        screen.Search(Query(pattern) with { IsRegex = isRegex, MatchesCase = matchesCase }).Matches.Count.ShouldBe(count);
    }

    [Fact]
    public void AWideCharacterTakesTwoColumns()
    {
        var screen = Given.Screen("a世b");
        screen.Search(Query("世")).Matches.ShouldBe([new SearchMatch(0, 1, 0, 3)]);
        screen.Search(Query("b")).Matches.ShouldBe([new SearchMatch(0, 3, 0, 4)]);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(a)\\1")]
    [InlineData("a(?=b)")]
    public void RefusesAPatternThatItCantUse(string pattern)
    {
        var result = Given.Screen("").Search(Query(pattern) with { IsRegex = true });
        result.Outcome.ShouldBe(SearchOutcome.BadPattern);
        result.Message.ShouldNotBeNull();
    }

    [Fact]
    public void StopsAtItsTimeLimit()
    {
        var screen = Given.Screen("a\r\nb\r\nc");
        var result = screen.Search(new SearchQuery("c"), new ImpatientClock());
        result.Outcome.ShouldBe(SearchOutcome.TimedOut);
        result.Message!.ShouldContain("250 ms");
    }

    [Fact]
    public void StopsAtItsLimitOfMatches() =>
        Given.Screen("aaaa").Search(Query("a") with { MaximumMatches = 3 }).Outcome.ShouldBe(SearchOutcome.TooMany);

    [Fact]
    public void WritesItsText()
    {
        using var text = new StringWriter();
        Given.Screen("one\r\n0123456789abc\r\n\r\n  two  \r\n\r\n\r\n").WriteText(text);
        text.ToString().ShouldBe("one\n0123456789abc\n\n  two\n");
    }

    [Fact]
    public void KeepsWhatShellsSayOfLines()
    {
        var screen = Given.Screen("\e]133;A\a$ \e]133;B\als\r\n\e]133;C\afile\r\n\e]133;D;0\a");
        screen.MarksOf(0).ShouldBe(LineMarks.PromptStarts | LineMarks.InputStarts);
        screen.MarksOf(1).ShouldBe(LineMarks.OutputStarts);
        screen.MarksOf(2).ShouldBe(LineMarks.CommandEnded);
    }

    /// <summary>With time enough on the slowest machine: only one test is about time.</summary>
    private static SearchQuery Query(string pattern) => new(pattern) { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>A second passes whenever somebody looks.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        private long now;

        public override long GetTimestamp() => now += TimestampFrequency;
    }
}
