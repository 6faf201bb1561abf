namespace Caisson.Cli.Tests.Completion;

public sealed class ManualTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EachVerb_HasAPage_WithItsOptionsExamplesAndExitCodes()
    {
        var (code, _, _) = await CapturedConsole.RunAsync("man", _folder, "--quiet");

        code.ShouldBe(0);
        var names = Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ToList();
        names.ShouldContain("caisson.1");
        names.ShouldContain("caisson-workspace-rm.1");
        names.ShouldNotContain("caisson-complete.1");
        var page = await File.ReadAllTextAsync(Path.Combine(_folder, "caisson-workspace-rm.1"));
        page.ShouldStartWith(".TH CAISSON-WORKSPACE-RM 1");
        page.ShouldContain(".B \\-\\-dry\\-run");
        page.ShouldContain("caisson workspace rm web");
        page.ShouldContain("0 ok");
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(_folder, "caisson.1")))
            (
                line is not ['.', ..]
                || line.StartsWith(".TH ")
                || line.StartsWith(".SH ")
                || line is ".TP" or ".nf" or ".fi"
                || line.StartsWith(".B")
            ).ShouldBeTrue(line);
    }

    [Fact]
    public async Task APlaceThatCanNotBeWritten_IsToldInWords()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        var (code, _, words) = await CapturedConsole.RunAsync("man", Path.Combine(file, "below"));

        code.ShouldBe(1);
        words.ShouldContain("The pages can't be written");
    }
}
