using System.CommandLine;
using System.Reflection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Tests.Output;

/// <summary><c>docs/cli.md</c> against the commands themselves.</summary>
public sealed class DocumentTests
{
    private static readonly string Document = Read();

    public static TheoryData<string> Verbs { get; } =
    [
        .. CommandLine
            .Create()
            .Subcommands.Where(verb => !verb.Hidden)
            .SelectMany(verb => verb.Subcommands.Count == 0 ? [verb.Name] : verb.Subcommands.Select(inner => inner.Name).Append(verb.Name)),
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void NamesEveryVerb(string verb) => Document.ShouldMatch($@"`([a-z]+ )?{verb}[ `]");

    [Fact]
    public void ListsEveryOptionOfRun()
    {
        foreach (var option in CommandLine.Create().Subcommands.Single(verb => verb.Name == "run").Options.Where(option => !option.Hidden))
            Document.ShouldContain(option.Name);
    }

    [Fact]
    public void ListsEveryExitCode()
    {
        var codes = typeof(ExitCode)
            .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field is { IsLiteral: true, FieldType.Name: nameof(Int32) })
            .Select(field => (int)field.GetRawConstantValue()!)
            .ToList();
        codes.Count.ShouldBeGreaterThan(8);
        foreach (var code in codes)
            Document.ShouldContain(FormattableString.Invariant($"| {code} | "));
    }

    private static string Read()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return File.ReadAllText(Path.Combine(folder.FullName, "docs", "cli.md"));
        }
        throw new DirectoryNotFoundException("The tests do not run below the source tree.");
    }
}
