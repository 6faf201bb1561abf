using System.Formats.Tar;
using Caisson.Agents.Store;
using Caisson.Init.Protocol.Client;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Repositories;
using Caisson.Workspaces.Templates;

namespace Caisson.Workspaces.Jobs;

/// <summary>
/// What a start does inside the sandbox, as its own user. Each of these looks first: a second run finds everything there and changes nothing, and a
/// folder of the user's is never touched.
/// </summary>
/// <param name="denials">What the gateway has refused since then, in words.</param>
internal sealed partial class InsideSteps(
    ISandbox sandbox,
    AgentStore agents,
    Func<DateTimeOffset, IEnumerable<string>> denials,
    TimeProvider time
)
{
    internal const string Projects = $"{SandboxEnvironment.Home}/projects";
    private const int Attempts = 3;
    private const int LongestOutput = 64 * 1024;
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Names of agents that were asked for and are not there.</summary>
    internal async Task<IReadOnlyList<string>> MissingAgentsAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var there = await Task.WhenAll(
            names.Select(async name =>
                agents.Build(name) is { } build
                && await RunAsync(["test", "-x", $"{AgentStore.MountRoot}/{name}/{build.Executable}"], cancellation) is { ExitCode: 0 }
            )
        );
        return [.. names.Where((_, index) => !there[index])];
    }

    /// <summary>Copies a project of the template, as a repository of its own without a remote. It appears at once or not at all.</summary>
    internal async Task<string> ProjectAsync(string folder, string name, string version, CancellationToken cancellation)
    {
        var target = $"{Projects}/{name}";
        var half = $"{Projects}/.caisson-{name}";
        await MustAsync(["rm", "-rf", "--", half], cancellation);
        if (await ExistsAsync(target, cancellation))
            return await NewerAsync(target, half, folder, name, version, cancellation);
        await MustAsync(["mkdir", "-p", "--", half], cancellation);
        await sandbox.Init.SendAsync(half, (tar, token) => WriteAsync(tar, folder, token), cancellation);
        var git = new InsideGit(sandbox.Init, half);
        await git.RunAsync(["init", "-q", "-b", "main"], cancellation);
        await git.RunAsync(["add", "-A"], cancellation);
        await git.RunAsync(
            [
                "-c",
                "user.name=Caisson",
                "-c",
                "user.email=caisson@localhost",
                "commit",
                "-q",
                "--allow-empty",
                "-m",
                "As the template has it",
            ],
            cancellation
        );
        // Told apart from what is made here: it needs no saving, the template has it.
        await git.RunAsync(["update-ref", "refs/caisson/template", "HEAD"], cancellation);
        await MustAsync(["mv", "-T", "--", half, target], cancellation);
        return $"~/projects/{name}";
    }

    /// <summary>
    /// What the template has now, where it is not what was copied, as a branch beside the person's work: they merge it, or not. One that is there already is
    /// left alone, and so is a repository that did not come from here.
    /// </summary>
    private async Task<string> NewerAsync(
        string target,
        string half,
        string folder,
        string name,
        string version,
        CancellationToken cancellation
    )
    {
        var branch = $"template/{version}";
        var there = $"~/projects/{name} is there already";
        if (
            !Directory.Exists(folder)
            || !await IsRefAsync(target, "refs/caisson/template", cancellation)
            || await IsRefAsync(target, $"refs/heads/{branch}", cancellation)
        )
            return there;
        await MustAsync(["mkdir", "-p", "--", half], cancellation);
        await sandbox.Init.SendAsync(half, (tar, token) => WriteAsync(tar, folder, token), cancellation);
        const string commit = """
            set -e
            export GIT_DIR="$1/.git" GIT_WORK_TREE="$2" GIT_INDEX_FILE="$2.index"
            rm -f "$GIT_INDEX_FILE"
            git -c core.fsmonitor=false -c core.excludesFile=/dev/null add -A -f
            tree=$(git write-tree)
            rm -f "$GIT_INDEX_FILE"
            [ "$tree" != "$(git rev-parse 'refs/caisson/template^{tree}')" ] || exit 0
            new=$(git -c user.name=Caisson -c user.email=caisson@localhost commit-tree "$tree" -p refs/caisson/template -m "As the template has it: $3")
            git update-ref "refs/heads/$3" "$new" ''
            git update-ref "refs/caisson/${3#template/}" "$new"
            echo made
            """;
        var made = await RunAsync(["bash", "-c", commit, "bash", target, half, branch], cancellation, TimeSpan.FromMinutes(2));
        await MustAsync(["rm", "-rf", "--", half, $"{half}.index"], cancellation);
        return made switch
        {
            { ExitCode: 0, Output: "made\n" } => $"~/projects/{name}: the template has changed; what it has now is the branch {branch}",
            { ExitCode: 0 } => there,
            _ => $"{there}; what the template has now could not be brought in: {made.Errors.Trim()}",
        };
    }

    private async Task<bool> IsRefAsync(string repository, string name, CancellationToken cancellation) =>
        (await RunAsync(["git", "-C", repository, "rev-parse", "-q", "--verify", $"{name}^{{commit}}"], cancellation)).ExitCode == 0;

    /// <summary>Clones through the exit, so that the policy decides. Tried three times.</summary>
    internal async Task<string> RepositoryAsync(TemplateRepository repository, Action<string> say, CancellationToken cancellation)
    {
        var target = $"{Projects}/{repository.Directory}";
        if (await ExistsAsync(target, cancellation))
            return $"~/projects/{repository.Directory} is there already";
        var half = $"{Projects}/.caisson-{repository.Directory}";
        for (var attempt = 1; ; attempt++)
        {
            await MustAsync(["rm", "-rf", "--", half], cancellation);
            await MustAsync(["mkdir", "-p", "--", Projects], cancellation);
            var begun = time.GetUtcNow();
            var result = await RunAsync(["git", "clone", "-q", "--", repository.Url, half], cancellation, TimeSpan.FromMinutes(10));
            if (result.ExitCode == 0)
                break;
            say($"{repository.Url}, try {attempt} of {Attempts}: {result.Errors.Trim()}");
            var refused = Refused(begun, say);
            // A rule says the same the next time.
            if (attempt == Attempts || refused)
                throw new SandboxException(
                    "clone_failed",
                    $"{repository.Url} could not be cloned.",
                    "See the step's log: a refusal names the policy's rule. Then retry the job."
                );
            await Task.Delay(Pause * attempt, time, cancellation);
        }
        await MustAsync(["mv", "-T", "--", half, target], cancellation);
        return $"~/projects/{repository.Directory}";
    }

    /// <summary>One request to the gateway from where agents are: "running" means that this was answered.</summary>
    internal async Task GatewayAsync(CancellationToken cancellation)
    {
        const string ask = """
            exec 3<>/dev/tcp/caisson.internal/80 &&
            printf 'GET /v1/ HTTP/1.1\r\nHost: caisson.internal\r\nConnection: close\r\n\r\n' >&3 && head -c 9 <&3
            """;
        var result = await RunAsync(["bash", "-c", ask], cancellation);
        if (result.Output != "HTTP/1.1 ")
            throw new SandboxException(
                "gateway_unreachable",
                $"The gateway does not answer from inside: {(result.Errors.Trim() is { Length: > 0 } words ? words : "no answer")}.",
                "Restart the workspace; if it stays so, run `caisson doctor`."
            );
    }

    private static async Task WriteAsync(TarWriter tar, string folder, CancellationToken cancellation)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, full) in ProjectFiles.Of(folder))
        {
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (made.Add(path[..slash]))
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.Directory, path[..slash]) { Mode = (UnixFileMode)0b111_101_101 },
                        cancellation
                    );
            }
            var source = new FileInfo(full);
            if (source.LinkTarget is { } target)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }, cancellation);
                continue;
            }
            await using var content = source.OpenRead();
            var mode = source.UnixFileMode & ~(UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, Mode = mode }, cancellation);
        }
    }

    /// <summary>Whether terminals can begin where the template says. Where not, they begin in ~/projects, which is made.</summary>
    internal async Task<bool> HasStartAsync(string folder, CancellationToken cancellation)
    {
        if ((await RunAsync(["test", "-d", folder], cancellation)).ExitCode == 0)
            return true;
        await MustAsync(["mkdir", "-p", "--", Projects], cancellation);
        return false;
    }

    /// <summary>git shows a status alone; the gateway knows which rule it was.</summary>
    private bool Refused(DateTimeOffset since, Action<string> say)
    {
        var refused = denials(since).Distinct(StringComparer.Ordinal).Take(5).ToList();
        refused.ForEach(words => say($"refused by the gateway: {words}"));
        return refused.Count > 0;
    }

    private async Task<bool> ExistsAsync(string path, CancellationToken cancellation) =>
        (await RunAsync(["test", "-e", path], cancellation)).ExitCode == 0;

    /// <returns>What it prints.</returns>
    private async Task<string> MustAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        var result = await RunAsync(command, cancellation);
        return result.ExitCode == 0
            ? result.Output
            : throw new SandboxException("step_failed", $"{command[0]} in the sandbox failed: {result.Errors.Trim()}");
    }

    private Task<ExecResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellation, TimeSpan? limit = null) =>
        sandbox.Init.ExecAsync(
            new ExecRequest
            {
                Arguments = command,
                WorkingDirectory = SandboxEnvironment.Home,
                Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GIT_TERMINAL_PROMPT"] = "0" },
                Timeout = limit ?? Short,
                MaximumOutputBytes = LongestOutput,
                Label = "job",
            },
            cancellation
        );
}
