using System.Diagnostics;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Tests;

/// <summary>A repository on the host, made and looked at with the real git.</summary>
internal sealed class TestRepository
{
    internal TestRepository(string parent, string name = "project")
    {
        Root = Directory.CreateDirectory(System.IO.Path.Combine(parent, name)).FullName;
        Git("init", "-q", "-b", "main");
        Git("config", "user.name", "Tester");
        Git("config", "user.email", "tester@example.org");
    }

    internal string Root { get; }

    internal async Task<HostRepository> FindAsync() => (await HostRepository.FindAsync(Root, CancellationToken.None))!;

    internal string Path(string relative) => System.IO.Path.Combine(Root, relative);

    internal void Write(string path, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(path))!);
        File.WriteAllText(Path(path), content);
    }

    internal void Commit(string message = "work")
    {
        Git("add", "-A");
        Git("commit", "-q", "-m", message);
    }

    internal string Git(params string[] arguments) => Run("git", ["-C", Root, .. arguments]);

    internal static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_COUNT"] = "2";
        start.Environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        start.Environment["GIT_CONFIG_VALUE_0"] = "*";
        start.Environment["GIT_CONFIG_KEY_1"] = "protocol.file.allow";
        start.Environment["GIT_CONFIG_VALUE_1"] = "always";
        using var process = Process.Start(start)!;
        var error = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error}");
        return output;
    }
}
