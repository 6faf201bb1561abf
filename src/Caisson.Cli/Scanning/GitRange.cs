using System.IO.Pipelines;
using Caisson.Cli.Output;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Cli.Scanning;

/// <summary>
/// What the commits of a range brought: lines that were added, whole files where git takes them for no text, and messages. Of a merge only what none of its
/// parents has. Attributes and settings of the repository neither hide anything nor make git run a program.
/// </summary>
internal sealed class GitRange(string directory, string range)
{
    // What is larger comes as a whole file, which is read piece by piece; lines are held in memory.
    private const string LargeFiles = "core.bigFileThreshold=16m";

    private readonly HostGit git = new(directory);

    /// <summary>The range's commits, newest first.</summary>
    /// <exception cref="CommandFailure">No repository, or no such range.</exception>
    internal async Task<IReadOnlyList<string>> CommitsAsync(CancellationToken cancellation)
    {
        try
        {
            var text = await git.RunAsync(["--no-replace-objects", "rev-list", "--end-of-options", range, "--"], cancellation);
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (SandboxException exception)
        {
            throw new CommandFailure(
                ExitCode.Usage,
                exception.Message,
                "caisson scan . --git main..HEAD; a range is as in git-rev-list(1), and the path is in a repository"
            );
        }
    }

    /// <summary>Writes the differences of commits to a pipe; the result is git's own words where it failed, else empty.</summary>
    internal async Task<string> WriteAsync(IReadOnlyList<string> commits, PipeWriter output, CancellationToken cancellation)
    {
        await using var stream = output.AsStream();
        var (code, error) = await git.RunAsync(
            [
                "--no-replace-objects",
                "-c",
                LargeFiles,
                "diff-tree",
                "--stdin",
                "--root",
                "--always",
                "--pretty=raw",
                "-c",
                "-p",
                "-U0",
                "--full-index",
                "--no-prefix",
                "--no-renames",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--submodule=short",
            ],
            stream,
            cancellation,
            string.Join('\n', commits) + "\n"
        );
        return code == 0 ? "" : error.Trim();
    }

    /// <summary>The whole of a file as it is in the repository.</summary>
    internal async Task<string> WriteBlobAsync(string id, PipeWriter output, CancellationToken cancellation)
    {
        await using var stream = output.AsStream();
        var (code, error) = await git.RunAsync(["--no-replace-objects", "cat-file", "blob", id], stream, cancellation);
        return code == 0 ? "" : error.Trim();
    }
}
