using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Jobs;

/// <summary>What a person brings along. It runs as they would run it, with no right beyond theirs.</summary>
internal sealed partial class InsideSteps
{
    private const string SetupScript = ".caisson/setup.sh";

    /// <summary>
    /// The repository of somebody's own settings, as other places treat it: its <c>install.sh</c>, <c>bootstrap.sh</c> or <c>setup.sh</c> runs, or, when it
    /// has none, its dotfiles are linked into the home where there is nothing yet.
    /// </summary>
    private const string Install = """
        cd ~/.dotfiles || exit 1
        for script in install.sh install bootstrap.sh bootstrap setup.sh setup; do
          [ -f "$script" ] || continue
          echo "runs $script"
          if [ -x "$script" ]; then "./$script"; else bash "$script"; fi || exit
          touch .git/caisson-installed
          exit
        done
        for file in .[!.]*; do
          case $file in .git | .gitignore | .gitmodules | .github) continue ;; esac
          if [ -e ~/"$file" ] || [ -L ~/"$file" ]; then echo "~/$file is there already"; else ln -s ".dotfiles/$file" ~/"$file" && echo "linked ~/$file"; fi
        done
        touch .git/caisson-installed
        """;

    internal async Task<string> DotfilesAsync(string url, Action<string> say, CancellationToken cancellation)
    {
        const string folder = $"{SandboxEnvironment.Home}/.dotfiles";
        if (await ExistsAsync($"{folder}/.git/caisson-installed", cancellation))
            return "~/.dotfiles is set up already";
        if (!await ExistsAsync($"{folder}/.git", cancellation))
        {
            var half = $"{SandboxEnvironment.Home}/.caisson-dotfiles";
            await MustAsync(["rm", "-rf", "--", half], cancellation);
            var begun = time.GetUtcNow();
            var cloned = await RunAsync(["git", "clone", "-q", "--", url, half], cancellation, JobRun.StepLimit);
            if (cloned.ExitCode != 0)
            {
                say($"{url}: {cloned.Errors.Trim()}");
                Refused(begun, say);
                throw new SandboxException(
                    "dotfiles_failed",
                    $"{url} could not be cloned.",
                    "The workspace can be used. The policy has to allow this host: see the step's log, then retry the job."
                );
            }
            await MustAsync(["mv", "-T", "--", half, folder], cancellation);
        }
        var result = await RunAsync(["bash", "-c", Install], cancellation, JobRun.StepLimit);
        say($"{result.Output}{result.Errors}".Trim());
        return result.ExitCode == 0
            ? "~/.dotfiles is set up"
            : throw new SandboxException(
                "dotfiles_failed",
                $"The script of ~/.dotfiles ended with {result.ExitCode}{(result.TimedOut ? " after its time limit" : "")}.",
                "The workspace can be used. See the step's log, correct the script and retry the job."
            );
    }

    internal async Task<string> SetupAsync(Action<string> say, CancellationToken cancellation)
    {
        if (!await ExistsAsync($"{SandboxEnvironment.Home}/{SetupScript}", cancellation))
            return $"there is no ~/{SetupScript}";
        var result = await RunAsync(["bash", SetupScript], cancellation, JobRun.StepLimit);
        say($"{result.Output}{result.Errors}".Trim());
        return result.ExitCode == 0
            ? $"~/{SetupScript} ran"
            : throw new SandboxException(
                "setup_failed",
                $"~/{SetupScript} ended with {result.ExitCode}{(result.TimedOut ? " after its time limit" : "")}.",
                "The workspace can be used. See the step's log, correct the script and retry the job."
            );
    }
}
