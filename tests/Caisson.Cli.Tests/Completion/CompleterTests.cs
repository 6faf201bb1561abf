using Caisson.Cli.Completion;

namespace Caisson.Cli.Tests.Completion;

public sealed class CompleterTests
{
    [Theory]
    [InlineData("wor", "workspace")]
    [InlineData("workspace re", "rename restart restore")]
    [InlineData("workspace rm --f", "--force --format")]
    [InlineData("workspace rm web --d", "--dry-run")]
    [InlineData("--format j", "json jsonl")]
    [InlineData("workspace ls --format ", "json jsonl table")]
    [InlineData("workspace share web ada --right c", "collaborator")]
    [InlineData("run --repo m", "mount")]
    [InlineData("agent install c", "claude codex")]
    [InlineData("completion p", "powershell")]
    [InlineData("nothing ", "")]
    [InlineData("exec web -- ls ", "")]
    public async Task WhatMayComeNext_IsKnown(string line, string expected) =>
        (await Completer.CompleteAsync(CommandLine.Create(), line.Split(' '), CancellationToken.None)).ShouldBe(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

    [Fact]
    public async Task AtTheVeryBeginning_AllVerbsAreNamed_ButTheShellsOwn()
    {
        var verbs = await Completer.CompleteAsync(CommandLine.Create(), [""], CancellationToken.None);

        verbs.ShouldContain("workspace");
        verbs.ShouldNotContain("complete");
    }

    [Fact]
    public async Task ItIsSilent_WhereNoServerRuns_AndWhereTheLineMakesNoSense()
    {
        foreach (var line in new[] { "complete -- workspace stop ", "complete -- --nonsense \u0001", "complete" })
        {
            var (code, output, words) = await CapturedConsole.RunAsync(line.Split(' '));
            (code, words).ShouldBe((0, ""));
            output.ShouldNotContain("error", Case.Insensitive);
        }
    }
}
