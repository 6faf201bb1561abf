using System.Globalization;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// What takes the room in a home. Asked inside, as its user: a server that walked through a home for names could be led out of it by a link that
/// changes under its feet.
/// </summary>
internal static class LargestFolders
{
    private const int Most = 10;
    private const string Ask = "du -xk --max-depth=4 . 2>/dev/null | sort -rn | head -n 200";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>At most ten, the largest first; none when it can't be told, as of a sandbox that is frozen.</summary>
    internal static async Task<IReadOnlyList<string>> OfAsync(ISandbox sandbox, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(Limit);
        try
        {
            var result = await sandbox.Init.ExecAsync(
                new ExecRequest
                {
                    Arguments = ["sh", "-c", Ask],
                    WorkingDirectory = SandboxEnvironment.Home,
                    Timeout = Limit,
                    MaximumOutputBytes = 256 * 1024,
                    Label = "job",
                },
                bounded.Token
            );
            return Read(result.Output);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
        catch (InitException)
        {
            return [];
        }
    }

    /// <summary>A folder that is large only because one below it is says nothing by itself.</summary>
    internal static IReadOnlyList<string> Read(string output)
    {
        var folders = new List<(string Path, long KiB)>();
        foreach (var line in output.Split('\n'))
        {
            if (
                line.Split('\t', 2) is [var size, ['.', '/', .. var path]]
                && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var kib)
            )
                folders.Add((path, kib));
        }
        return
        [
            .. folders
                .Where(folder =>
                    folder.KiB >= 1024
                    && !folders.Exists(below =>
                        below.Path.StartsWith(folder.Path + "/", StringComparison.Ordinal) && below.KiB > folder.KiB / 10 * 8
                    )
                )
                .Take(Most)
                .Select(folder => $"~/{Shown(folder.Path)} {folder.KiB >> 10} MiB"),
        ];
    }

    private static string Shown(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? '\ufffd' : character).Take(200));
}
