using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Caisson.Cli.Tests.Scanning;

public sealed class ScanVerbTests : IDisposable
{
    // Cut, so that this file is none of its own findings.
    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    private readonly string folder = Directory.CreateTempSubdirectory("cs-").FullName;

    // rm, since .NET can't delete a file whose name isn't UTF-8.
    public void Dispose() => Process.Start("rm", ["-rf", folder]).WaitForExit();

    [Fact]
    public async Task NothingFound_Is0_AndSaysHowMuchWasScanned()
    {
        Write("a.txt", "nothing here\n");

        var (code, output, words) = await CapturedConsole.RunAsync("scan", folder);

        (code, output).ShouldBe((0, ""));
        words.ShouldContain("0 findings in 1 file, 1 KiB");
    }

    [Fact]
    public async Task AFinding_IsALineWithItsPlace_AndNeverTheValue()
    {
        Write("b/two.txt", $"é\n  tökén = {Token}\n");
        Write("a.txt", $"{Token}\n");

        var (code, output, words) = await CapturedConsole.RunAsync("scan", folder);

        code.ShouldBe(1);
        output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe([
                $"{folder}/a.txt:1:1: critical github-token: GitHub token (personal, OAuth, app or refresh): ghp_…",
                $"{folder}/b/two.txt:2:11: critical github-token: GitHub token (personal, OAuth, app or refresh): ghp_…",
            ]);
        (output + words).ShouldNotContain(Token[4..20]);
        words.ShouldContain("2 findings in 2 files");
    }

    [Fact]
    public async Task SomethingPacked_StandsWhereItsPartOfThePackingStands()
    {
        var packed = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{new string('.', 900)} {Token}"));
        Write("a.txt", $"first\nx {packed}\n");

        var finding = (await JsonAsync("scan", folder)).GetProperty("findings")[0];

        finding.GetProperty("chain")[0].GetString().ShouldBe("base64");
        finding.GetProperty("line").GetInt64().ShouldBe(2);
        finding.GetProperty("column").GetInt64().ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task WhatLiesInTheFolder_HidesNothing()
    {
        Write(".gitignore", "*\n");
        Write(".gitleaksignore", "hidden.txt\n");
        Write("hidden.txt", $"key = {Token} # gitleaks:allow caisson:allow\n");

        (await JsonAsync("scan", folder)).GetProperty("findings").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task LinksPipesAndGitsFolder_AreLeftOut_AndSaid()
    {
        var outside = Directory.CreateTempSubdirectory("cs-outside-").FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.txt"), Token);
        File.CreateSymbolicLink(Path.Combine(folder, "file-link"), Path.Combine(outside, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "folder-link"), outside);
        Write(".git/config", Token);
        Process.Start("mkfifo", Path.Combine(folder, "pipe")).WaitForExit();

        var report = await JsonAsync("scan", folder);
        Directory.Delete(outside, recursive: true);

        report.GetProperty("findings").GetArrayLength().ShouldBe(0);
        report.GetProperty("complete").GetBoolean().ShouldBeTrue();
        report
            .GetProperty("skipped")
            .EnumerateArray()
            .Select(note => Path.GetFileName(note.GetProperty("path").GetString()))
            .ShouldBe([".git", "file-link", "folder-link", "pipe"]);
    }

    [Fact]
    public async Task WhatCanNotBeRead_MakesTheScanFail_AndIsNamed()
    {
        // No file has a name that isn't UTF-8 in .NET, so it can be listed and not opened: also for root, who may read everything else.
        Process.Start("sh", ["-c", $"printf x > \"$(printf '{folder}/bad\\377name')\""]).WaitForExit();

        var (code, _, words) = await CapturedConsole.RunAsync("scan", folder, "--quiet");

        code.ShouldBe(1);
        words.ShouldContain("couldn't be scanned: it can't be opened by this name");
        words.ShouldContain("the scan failed: 1 path couldn't be scanned");
    }

    [Theory]
    [InlineData("scan /nowhere/at-all", "There is no /nowhere/at-all.")]
    [InlineData("scan --git main..HEAD /dev", "")]
    [InlineData("scan --git --output=x /", "")]
    [InlineData("scan --format xml", "xml")]
    public async Task WrongUse_Is2(string line, string message)
    {
        var (code, output, words) = await CapturedConsole.RunAsync(line.Split(' '));

        (code, output).ShouldBe((2, ""));
        words.ShouldContain(message);
    }

    [Fact]
    public async Task ALargeFile_IsScannedToItsEnd()
    {
        var path = Path.Combine(folder, "large.log");
        await using (var file = new StreamWriter(path))
        {
            for (var line = 0; line < 100_000; line++)
                await file.WriteAsync("nothing to see here, move on\n");
            await file.WriteAsync($"at last {Token}");
        }

        var finding = (await JsonAsync("scan", path)).GetProperty("findings")[0];

        (finding.GetProperty("line").GetInt64(), finding.GetProperty("column").GetInt64()).ShouldBe((100_001, 9));
    }

    [Fact]
    public async Task AnArchive_IsOpened_AndWhatIsInItHasItsPath()
    {
        await using (var file = File.Create(Path.Combine(folder, "report.docx")))
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Create);
            await using var writer = new StreamWriter(zip.CreateEntry("word/document.xml").Open());
            await writer.WriteAsync($"<w:t>\n{Token}</w:t>");
        }
        Write("broken.zip", "PK\u0003\u0004 and nothing that belongs there");

        var findings = (await JsonAsync("scan", folder)).GetProperty("findings").EnumerateArray().ToList();

        findings
            .Select(finding => (finding.GetProperty("file").GetString()![folder.Length..], finding.GetProperty("rule").GetString()))
            .ShouldBe([("/broken.zip", "archive_unreadable"), ("/report.docx!word/document.xml", "github-token")]);
        findings[1].GetProperty("line").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task AGitRange_IsWhatItsCommitsBrought()
    {
        Git("init", "-q", "-b", "main");
        Write("old.txt", $"{Token}\n");
        Git("add", ".");
        Git("commit", "-q", "-m", "before");
        Write(".gitattributes", "*.env binary\n");
        Write("a b\u00e9.txt", $"one\ntwo\n{Token}\n");
        Write("made.env", $"\nKEY={Token}\n");
        File.AppendAllText(Path.Combine(folder, "old.txt"), "more\n");
        Git("add", ".");
        Git("commit", "-q", "-m", $"subject\n\nbody\nwith {Token}");
        File.Delete(Path.Combine(folder, "made.env"));
        Git("commit", "-q", "-am", "and it is gone");

        var report = await JsonAsync("scan", folder, "--git", "HEAD~2..HEAD");

        report
            .GetProperty("findings")
            .EnumerateArray()
            .Select(finding =>
                (
                    finding.GetProperty("file").GetString(),
                    finding.GetProperty("line").GetInt64(),
                    finding.GetProperty("column").GetInt64(),
                    finding.GetProperty("commit").GetString()!.Length
                )
            )
            .ShouldBe([("(message)", 4, 6, 40), ("a b\u00e9.txt", 3, 1, 40), ("made.env", 2, 5, 40)], ignoreOrder: true);
        report.GetProperty("scanned").GetProperty("commits").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task AMerge_IsScannedForWhatNoParentHas()
    {
        Git("init", "-q", "-b", "main");
        Write("a.txt", "1\n2\n3\n");
        Git("add", ".");
        Git("commit", "-q", "-m", "base");
        Git("checkout", "-q", "-b", "side");
        Write("a.txt", "1\nside\n3\n");
        Git("commit", "-q", "-am", "side");
        Git("checkout", "-q", "main");
        Write("a.txt", "1\nmain\n3\n");
        Git("commit", "-q", "-am", "main");
        Git(0, "merge", "-q", "side");
        Write("a.txt", $"1\nmain\nside\n{Token}\n3\n");
        Git("commit", "-q", "-am", "merged");

        var finding = (await JsonAsync("scan", folder, "--git", "HEAD~1..HEAD")).GetProperty("findings")[0];

        (finding.GetProperty("file").GetString(), finding.GetProperty("line").GetInt64()).ShouldBe(("a.txt", 4));
    }

    [Fact]
    public async Task Sarif_HasRulePlaceAndLevel()
    {
        Write("a b.txt", $"\n {Token}\n");
        var (code, output, _) = await CapturedConsole.RunAsync("scan", folder, "--format", "sarif");

        code.ShouldBe(1);
        var run = JsonDocument.Parse(output).RootElement.GetProperty("runs")[0];
        run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[0].GetProperty("id").GetString().ShouldBe("github-token");
        run.GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean().ShouldBeTrue();
        var result = run.GetProperty("results")[0];
        result.GetProperty("level").GetString().ShouldBe("error");
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        place.GetProperty("artifactLocation").GetProperty("uri").GetString().ShouldBe($"file://{folder}/a%20b.txt");
        place.GetProperty("region").GetProperty("startLine").GetInt32().ShouldBe(2);
        place.GetProperty("region").GetProperty("endColumn").GetInt32().ShouldBe(2 + Token.Length);
    }

    [Fact]
    public async Task JUnit_IsXml_WithAFailureEach()
    {
        Write("<&\u0001>.txt", Token);
        var (_, output, _) = await CapturedConsole.RunAsync("scan", folder, "--format", "junit");

        var suite = System.Xml.Linq.XDocument.Parse(output).Root!.Element("testsuite")!;
        suite.Attribute("failures")!.Value.ShouldBe("1");
        suite.Element("testcase")!.Element("failure")!.Attribute("type")!.Value.ShouldBe("github-token");

        var (code, clean, _) = await CapturedConsole.RunAsync("scan", "/dev/null", "--format", "junit");
        code.ShouldBe(0);
        System.Xml.Linq.XDocument.Parse(clean).Root!.Attribute("failures")!.Value.ShouldBe("0");
    }

    [Fact]
    public async Task Csv_QuotesWhatItMust_AndHasNoFormulas()
    {
        Write("a,\"b.txt", Token);
        Write("=1+1.txt", Token);
        var (_, output, _) = await CapturedConsole.RunAsync("scan", folder, "--format", "csv");

        var rows = output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows[0].ShouldBe("commit,file,line,column,severity,rule,description,chain,preview");
        rows[1].ShouldStartWith($",{folder}/=1+1.txt,1,1,critical,github-token,");
        rows[2].ShouldStartWith($",\"{folder}/a,\"\"b.txt\",1,1,");
    }

    [Fact]
    public async Task NamesOfFiles_CanNotMoveTheCursor()
    {
        Write("a\u001b[2J\u202e.txt", Token);
        var (_, output, _) = await CapturedConsole.RunAsync("scan", folder);
        output.ShouldContain("a?[2J?.txt:1:1:");
        output.ShouldNotContain('\u001b');
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (_, output, words) = await CapturedConsole.RunAsync([.. arguments, "--json"]);
        output.ShouldNotBeEmpty(words);
        return JsonDocument.Parse(output).RootElement;
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Git(params string[] arguments) => Git(null, arguments);

    private void Git(int? ignored, params string[] arguments)
    {
        string[] settings = ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"];
        using var git = Process.Start(
            new ProcessStartInfo("git", settings.Concat(arguments))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        if (ignored is null)
            git.ExitCode.ShouldBe(0, error);
    }
}
