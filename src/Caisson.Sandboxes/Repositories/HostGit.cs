using System.ComponentModel;
using System.Diagnostics;

namespace Caisson.Sandboxes.Repositories;

/// <summary>
/// git on the host, started so that nothing in a repository can make it run a program: no hooks, no fsmonitor, no pager, no editor, no
/// credential helper, no filter driver, no user or system configuration.
/// </summary>
/// <param name="directory">Working directory.</param>
internal sealed class HostGit(string directory)
{
    private static readonly string[] Harmless =
    [
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.pager=cat",
        "-c",
        "core.editor=false",
        "-c",
        "core.askPass=false",
        "-c",
        "core.sshCommand=false",
        "-c",
        "credential.helper=",
        "-c",
        "protocol.allow=never",
        "-c",
        "diff.external=",
        "-c",
        "gc.auto=0",
        // The caller named this directory; its owner may be another user when the server is root.
        "-c",
        "safe.directory=*",
    ];

    /// <summary>Runs git and returns its standard output as text.</summary>
    /// <exception cref="SandboxException"><c>git_failed</c> with git's own words.</exception>
    internal async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation, string? input = null)
    {
        using var output = new MemoryStream();
        var (code, error) = await RunAsync(arguments, output, cancellation, input);
        return code == 0
            ? System.Text.Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length)
            : throw new SandboxException("git_failed", $"git {arguments[0]} failed in {directory}: {error.Trim()}");
    }

    /// <summary>Runs git with its standard output going to a stream; returns its exit code and standard error.</summary>
    internal async Task<(int ExitCode, string Error)> RunAsync(
        IReadOnlyList<string> arguments,
        Stream output,
        CancellationToken cancellation,
        string? input = null
    )
    {
        using var process = Start(arguments, input is not null);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var copy = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        await copy;
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await error);
    }

    private Process Start(IReadOnlyList<string> arguments, bool input)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["HOME"] = "/nonexistent";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        foreach (var argument in Harmless.Concat(arguments))
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start) ?? throw new SandboxException("git_failed", "git could not be started.");
        }
        catch (Win32Exception exception)
        {
            throw new SandboxException("git_failed", $"git could not be started: {exception.Message}.", "apt-get install git", exception);
        }
    }

    /// <summary>
    /// Options that switch off every filter driver (clean, smudge, process) which the repository's own configuration defines, so that
    /// attributes in a patch can't call one.
    /// </summary>
    internal async Task<IReadOnlyList<string>> WithoutFiltersAsync(CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        var (code, error) = await RunAsync(["config", "--name-only", "-z", "--get-regexp", "^filter\\."], output, cancellation);
        if (code > 1)
            throw new SandboxException("git_failed", $"git config failed in {directory}: {error.Trim()}");
        var names = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var drivers = names.Select(name => name[..name.LastIndexOf('.')]).Distinct();
        return
        [
            .. drivers.SelectMany(driver =>
                new[] { "clean", "smudge", "process" }
                    .SelectMany(part => new[] { "-c", $"{driver}.{part}=" })
                    .Concat(["-c", $"{driver}.required=false"])
            ),
        ];
    }
}
