using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Repositories;

/// <summary>git inside a sandbox, run as the agent's user: whatever its configuration does there stays there.</summary>
/// <param name="init">The sandbox.</param>
/// <param name="directory">The repository inside.</param>
internal sealed class InsideGit(InitClient init, string directory)
{
    private const int MostOutput = 256 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    internal async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation, string? indexFile = null)
    {
        var result = await init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["git", .. arguments],
                WorkingDirectory = directory,
                Environment = new Dictionary<string, string?> { ["GIT_INDEX_FILE"] = indexFile, ["GIT_TERMINAL_PROMPT"] = "0" },
                Timeout = Limit,
                MaximumOutputBytes = MostOutput,
            },
            cancellation
        );
        if (result.Truncated)
            throw new SandboxException(
                "too_large",
                $"The output of git {arguments[0]} in the sandbox is over {MostOutput >> 20} MiB.",
                "caisson exec the git commands inside and copy the result in parts."
            );
        if (result.TimedOut)
            throw new SandboxException(
                "git_failed",
                $"git {arguments[0]} in the sandbox did not end within {Limit.TotalMinutes:0} minutes."
            );
        return result.ExitCode == 0
            ? Encoding.UTF8.GetString(result.Stdout.Span)
            : throw new SandboxException(
                "git_failed",
                $"git {arguments[0]} in the sandbox failed: {Encoding.UTF8.GetString(result.Stderr.Span).Trim()}"
            );
    }

    /// <summary>The working tree as it is, new files too and ignored ones not, as a tree object; the agent's own index is not touched.</summary>
    internal async Task<string> SnapshotAsync(CancellationToken cancellation)
    {
        const string index = "/tmp/.caisson-index";
        // Starting from a copy of HEAD keeps unchanged files from being read again.
        var head = await HasHeadAsync(cancellation);
        await RunAsync(head ? ["read-tree", "HEAD"] : ["read-tree", "--empty"], cancellation, index);
        await RunAsync(["add", "-A"], cancellation, index);
        return (await RunAsync(["write-tree"], cancellation, index)).Trim();
    }

    /// <summary>The patch from one tree to another, in a form that <c>git apply</c> takes whatever the configuration says.</summary>
    internal Task<string> DiffAsync(string from, string to, CancellationToken cancellation) =>
        RunAsync(
            [
                "-c",
                "core.quotePath=true",
                "diff",
                "--binary",
                "--full-index",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--no-color",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                from,
                to,
            ],
            cancellation
        );

    private async Task<bool> HasHeadAsync(CancellationToken cancellation)
    {
        var result = await init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["git", "rev-parse", "-q", "--verify", "HEAD"],
                WorkingDirectory = directory,
                Timeout = Limit,
                Idempotent = true,
            },
            cancellation
        );
        return result.ExitCode == 0;
    }
}
