using System.Text.Json;

namespace Caisson.Cli.Tests.Policies;

public sealed class PolicyVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("caisson-policies-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Policy(string name, string yaml)
    {
        var file = Path.Combine(folder, name + ".md");
        File.WriteAllText(file, $"---\n{yaml}---\n");
        return file;
    }

    private string Good() =>
        Policy("good", "resources: { memory: 1GiB }\nroutes:\n  - host: example.org\n    match:\n      - methods: [read]\n");

    private string Bad() => Policy("bad", "descriptin: x\nroutes:\n  - hots: example.org\nlog: 7\n");

    [Fact]
    public async Task Check_OfACleanPolicy_PrintsNothing_AndIs0()
    {
        var (code, output, words) = await CapturedConsole.RunAsync("policy", "check", Good());
        code.ShouldBe(0);
        output.ShouldBeEmpty();
        words.ShouldContain("1 checked: 0 errors");
    }

    [Fact]
    public async Task Check_ListsEveryErrorOfEveryFile_WithPlaceKeyAndNearestWord_AndIs78()
    {
        var other = Policy("other", "isolation: vn\n");

        var (code, output, _) = await CapturedConsole.RunAsync("policy", "check", Bad(), other);

        code.ShouldBe(78);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldContain(line => line.Contains("bad.md:2:1: descriptin") && line.Contains("did you mean 'description'?"));
        lines.ShouldContain(line => line.Contains("bad.md:4:5: routes[0].hots") && line.Contains("did you mean 'host'?"));
        lines.ShouldContain(line => line.Contains("bad.md:5:6: log"));
        lines.ShouldContain(line => line.Contains("other.md:2:12: isolation"));
    }

    [Fact]
    public async Task Check_AsJson_HasFilePlaceKeyAndWord()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("policy", "check", Bad(), "--json");

        code.ShouldBe(78);
        var error = JsonDocument.Parse(output).RootElement.GetProperty("errors")[0];
        error.GetProperty("file").GetString()!.ShouldEndWith("bad.md");
        error.GetProperty("line").GetInt32().ShouldBe(2);
        error.GetProperty("column").GetInt32().ShouldBe(1);
        error.GetProperty("keyPath").GetString().ShouldBe("descriptin");
        error.GetProperty("didYouMean").GetString().ShouldBe("description");
    }

    [Fact]
    public async Task Check_AsJsonLines_IsOneErrorALine()
    {
        var (_, output, _) = await CapturedConsole.RunAsync("policy", "check", Bad(), "--format", "jsonl");
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            JsonDocument.Parse(line).RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Check_OfAMissingFile_NamesIt()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("policy", "check", Path.Combine(folder, "nowhere.md"));
        code.ShouldBe(78);
        output.ShouldContain("nowhere.md: there is no such file");
    }

    [Fact]
    public async Task Show_MergesInOrder_AndFillsInDefaults()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("policy", "show", Good(), Policy("more", "resources: { memory: 2GiB }\n"));
        code.ShouldBe(0);
        output.ShouldMatch(@"resources\.memory +2GiB");
        output.ShouldMatch(@"resources\.cpus +2\n");
        output.ShouldContain("example.org");
    }

    [Fact]
    public async Task Show_OfABrokenPolicy_SaysWhy_AndIs78()
    {
        var (code, output, words) = await CapturedConsole.RunAsync("policy", "show", Bad());
        code.ShouldBe(78);
        output.ShouldBeEmpty();
        words.ShouldContain("bad.md:2:1: descriptin");
        words.ShouldContain("fix: caisson policy check");
    }

    [Fact]
    public async Task Explain_SaysLayerFileAndLine()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("policy", "explain", Good(), "resources");
        code.ShouldBe(0);
        output.ShouldMatch(@"resources\.memory +1GiB +policy, .*good\.md:2");
        output.ShouldMatch(@"resources\.cpus +2 +default");
        output.ShouldNotContain("routes");
    }

    [Fact]
    public async Task Explain_OfAHost_ShowsWhatDecides()
    {
        var (_, output, _) = await CapturedConsole.RunAsync("policy", "explain", Good(), "example.org", "--json");
        var items = JsonDocument.Parse(output).RootElement.GetProperty("items");
        items[0].GetProperty("key").GetString().ShouldBe("routes[0]");
        items[0].GetProperty("layer").GetString().ShouldBe("policy");
        items[0].GetProperty("line").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Explain_OfAHostWithoutARoute_SaysDenied()
    {
        var (code, output, _) = await CapturedConsole.RunAsync("policy", "explain", Good(), "other.example");
        code.ShouldBe(0);
        output.ShouldContain("denied: no route names this host");
    }

    [Fact]
    public async Task Explain_OfAMistypedKey_NamesTheNearest()
    {
        var (code, _, words) = await CapturedConsole.RunAsync("policy", "explain", Good(), "resources.memry");
        code.ShouldBe(2);
        words.ShouldContain("did you mean 'resources.memory'?");
    }
}
