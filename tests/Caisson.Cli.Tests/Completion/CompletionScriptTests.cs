using System.Diagnostics;

namespace Caisson.Cli.Tests.Completion;

/// <summary>The scripts in the shells that they are for, with a stand-in for the command that prints what it is asked.</summary>
public sealed class CompletionScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cc-").FullName;

    public CompletionScriptTests()
    {
        var command = Path.Combine(_folder, "caisson");
        File.WriteAllText(command, "#!/bin/sh\nshift 2\nprintf 'a b:%s\\n' \"$#\"; printf '<%s>\\n' \"$@\"\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Bash_AsksWithTheWordsUpToTheCursor_AndTakesALineForAWord()
    {
        const string ask = """
            COMP_WORDS=(caisson workspace stop w later); COMP_CWORD=3; _caisson
            printf '%s\n' "${COMPREPLY[@]}"; complete -p caisson
            """;

        var output = await ShellAsync("bash", ["-c", $"{await ScriptAsync("bash")}\n{ask}"]);

        output.ShouldBe("a b:3\n<workspace>\n<stop>\n<w>\ncomplete -o default -F _caisson caisson\n");
    }

    [Theory]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "--no-execute")]
    public async Task OtherShells_CanReadTheirs(string shell, string check)
    {
        // ./dev installs them for tests, so in CI they have to be there.
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") is not null
                || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))),
            $"{shell} is not installed."
        );
        var file = Path.Combine(_folder, "script");
        await File.WriteAllTextAsync(file, await ScriptAsync(shell));

        (await ShellAsync(shell, [check, file])).ShouldBe("");
    }

    [Theory]
    [InlineData("zsh", "compdef _caisson caisson")]
    [InlineData("fish", "complete -c caisson")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName caisson")]
    public async Task EachScript_RegistersItself_AndAsksQuietly(string shell, string words)
    {
        var script = await ScriptAsync(shell);

        script.ShouldContain(words);
        script.ShouldContain("caisson complete --");
        script.ShouldContain(shell == "powershell" ? "2>$null" : "2>/dev/null");
    }

    private static async Task<string> ScriptAsync(string shell) => (await CapturedConsole.RunAsync("completion", shell)).Output;

    private async Task<string> ShellAsync(string shell, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(shell, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder}:{start.Environment["PATH"]}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (await errors).ShouldBe("");
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
