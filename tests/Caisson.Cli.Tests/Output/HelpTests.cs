using System.CommandLine;
using Caisson.Cli.Output;

namespace Caisson.Cli.Tests.Output;

public sealed class HelpTests
{
    public static TheoryData<string> Verbs { get; } = [.. Leaves(CommandLine.Create(), "")];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task EveryVerb_HasTwoExamples_ThatItUnderstandsItself(string verb)
    {
        if (verb == "serve")
            return; // Its help is the server program's, and is tested there.
        var (code, output, _) = await CapturedConsole.RunAsync([.. verb.Split(' '), "--help"]);

        code.ShouldBe(0);
        var examples = output[output.IndexOf("Examples:", StringComparison.Ordinal)..]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1..];
        examples.Length.ShouldBe(2);
        foreach (var example in examples)
        {
            var own = example.Split(["| ", "&& "], StringSplitOptions.TrimEntries).First(part => part.StartsWith($"caisson {verb}"));
            var words = own.Split(['<', '>'])[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            CommandLine.Create().Parse(words).Errors.ShouldBeEmpty(example);
        }
    }

    [Fact]
    public async Task Help_ListsTheExitCodes()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("--help");
        code.ShouldBe(0);
        foreach (
            var number in new[]
            {
                "0 ok",
                "1 error",
                "2 wrong use",
                "3 refused",
                "4 not permitted",
                "5 limit",
                "6 not",
                "75 busy",
                "78 conf",
                "130 int",
            }
        )
            output.ShouldContain(number);
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("--version");
        code.ShouldBe(0);
        output.ShouldStartWith("0.");
    }

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [path]
            : command
                .Subcommands.Where(verb => !verb.Hidden)
                .SelectMany(verb => Leaves(verb, path.Length == 0 ? verb.Name : $"{path} {verb.Name}"));
}
