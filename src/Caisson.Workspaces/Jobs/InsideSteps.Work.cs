using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Jobs;

/// <summary>
/// What a home holds that is nowhere else. git runs inside, as the sandbox's user: a repository's configuration may name programs, and those are the
/// agent's. What comes back is the agent's word, too: text to be shown, nothing else.
/// </summary>
internal sealed partial class InsideSteps
{
    private const int MostListed = 20;
    private const int MostRepositories = 100;
    private static readonly TimeSpan SurveyLimit = TimeSpan.FromSeconds(20);

    /// <summary>One line a fact: its kind, a tab, its text. Limits keep a home of any size from taking long or telling much.</summary>
    private const string Survey = """
        cd ~ || exit 1
        repositories=$(find . -maxdepth 5 \( -name node_modules -o -name .cache -o -name .dotfiles \) -prune -o -name .git -print 2>/dev/null | head -n 101)
        while IFS= read -r git; do
          [ -n "$git" ] || continue
          folder=${git%/.git}
          printf 'R\t%s\n' "${folder#./}"
          g() { timeout 10 git -c core.fsmonitor=false -C "$folder" "$@" 2>/dev/null; }
          g rev-parse --git-dir >/dev/null || { printf 'X\t\n'; continue; }
          printf 'U\t%s\n' "$(g rev-list --count --branches HEAD --not --remotes --glob=refs/caisson 2>/dev/null)"
          g log --branches HEAD --not --remotes --glob=refs/caisson --format=$'C\t%h %s' -n 20
          changed=$(g status --porcelain) || printf 'X\t\n'
          [ -z "$changed" ] || { printf 'N\t%s\n' "$(printf '%s\n' "$changed" | wc -l)"; printf '%s\n' "$changed" | head -n 20 | sed 's/^/F\t/'; }
          printf 'S\t%s\n' "$(g stash list | wc -l)"
        done <<<"$repositories"
        for entry in ~/* ~/projects/*; do
          [ -e "$entry" ] || continue
          [ "$entry" != ~/projects ] || continue
          case "$repositories" in *"./${entry#"$HOME"/}/"*) continue ;; esac
          printf 'L\t%s\n' "${entry#"$HOME"/}"
        done | head -n 21
        """;

    /// <summary>Null: it can't be told.</summary>
    internal async Task<WorkSurvey?> WorkAsync(CancellationToken cancellation)
    {
        var result = await RunAsync(["bash", "-c", Survey], cancellation, SurveyLimit);
        return result.TimedOut || result.ExitCode != 0 ? null : Read(result.Output, time.GetUtcNow());
    }

    internal static WorkSurvey Read(string output, DateTimeOffset taken)
    {
        var repositories = new List<RepositoryWork>();
        var loose = new List<string>();
        var complete = true;
        foreach (var line in output.Split('\n'))
        {
            if (line is not [var kind, '\t', ..])
                continue;
            var text = Shown(line[2..]);
            if (kind == 'L')
                loose.Add("~/" + text);
            else if (kind == 'R')
                repositories.Add(new RepositoryWork("~/" + text, 0, [], 0, [], 0));
            else if (repositories.Count > 0)
            {
                var last = repositories[^1];
                complete &= kind != 'X';
                repositories[^1] = kind switch
                {
                    'U' => last with { Unpushed = Number(text) },
                    'C' => last with { Commits = [.. last.Commits, text] },
                    'N' => last with { Changed = Number(text) },
                    'F' => last with { Files = [.. last.Files, text] },
                    'S' => last with { Stashes = Number(text) },
                    _ => last,
                };
            }
        }
        complete &= repositories.Count <= MostRepositories && loose.Count <= MostListed;
        return new WorkSurvey(
            taken,
            [.. repositories.Take(MostRepositories).Where(repository => repository.Unpushed + repository.Changed + repository.Stashes > 0)],
            [.. loose.Take(MostListed)],
            complete
        );
    }

    private static int Number(string text) => int.TryParse(text, out var number) && number > 0 ? number : 0;

    /// <summary>It may reach a terminal.</summary>
    private static string Shown(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? '\ufffd' : character).Take(200));
}
