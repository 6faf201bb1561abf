using System.Text.Json;

namespace Caisson.Cli.Tests.Output;

public sealed class MisuseTests
{
    [Theory]
    [InlineData("polcy", "did you mean 'policy'?", "caisson --help")]
    [InlineData("policy chek", "did you mean 'check'?", "caisson policy --help")]
    [InlineData("ls --jsn", "did you mean '--json'?", "caisson ls --help")]
    [InlineData("policy", "A verb is missing: check, show, explain.", "caisson policy --help")]
    [InlineData("ls --format xml", "xml", "caisson ls --help")]
    [InlineData("diff", "sandbox", "caisson diff --help")]
    public async Task WrongUse_IsOneMessageWithTheNearestWord_AndCode2(string line, string message, string fix)
    {
        var (code, output, words) = await CapturedConsole.RunAsync(line.Split(' '));

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        words.ShouldStartWith("caisson: ");
        words.ShouldContain(message);
        words.ShouldContain($"fix: {fix}");
    }

    [Fact]
    public async Task WrongUse_AsJson_IsAProblem()
    {
        var (_, _, words) = await CapturedConsole.RunAsync("policy", "chek", "--json");
        JsonDocument.Parse(words).RootElement.GetProperty("fix").GetString().ShouldBe("caisson policy --help");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run --keep --rm -- true")]
    [InlineData("run claude --headless")]
    public async Task ARunThatCantBeMeant_IsRefusedBeforeAnyServerIsAsked(string line)
    {
        var (code, _, words) = await CapturedConsole.RunAsync(line.Split(' '));
        code.ShouldBe(2);
        words.ShouldStartWith("caisson: ");
    }
}
