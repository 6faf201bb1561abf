using Caisson.Agents;
using Caisson.Agents.Store;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Jobs;

/// <summary>
/// Commits that an agent makes say so, where the policy wants it. Not by a hook: those belong to the repository. The agent's name in the PATH leads over a few
/// lines that tell git who commits; for a trailer git has no variable, so its own name leads over a few lines, too. What runs inside can do without them, as it
/// can write any name into a commit.
/// </summary>
internal sealed partial class InsideSteps
{
    private const string Mark = "# Written by Caisson:";

    private const string Committer = """
        own=~/.local/bin/$1
        [ ! -e "$own" ] || grep -q "^$5" "$own" || exit 0
        case $4 in
        committer) export="GIT_COMMITTER_NAME='$2' GIT_COMMITTER_EMAIL='$1@agents.invalid'" ;;
        co-author) export="CAISSON_CO_AUTHOR='$2 <$1@agents.invalid>'" ;;
        *) rm -f "$own"; exit 0 ;;
        esac
        mkdir -p ~/.local/bin
        cat >"$own.half" <<END
        #!/bin/sh
        $5 commits of $2 bear its name, as git.agents of the policy wants it.
        export $export
        exec '$3' "\$@"
        END
        chmod 755 "$own.half" && mv "$own.half" "$own"
        """;

    // The command is the first word that is neither an option nor an option's value (git(1), "OPTIONS").
    private const string CoAuthor = """
        own=~/.local/bin/git
        [ ! -e "$own" ] || grep -q "^$2" "$own" || { [ "$1" = no ] || echo "~/.local/bin/git is not Caisson's"; exit 0; }
        if [ "$1" = no ]; then rm -f "$own"; exit 0; fi
        if ! /usr/bin/git commit -h 2>&1 | grep -q -e --trailer; then rm -f "$own"; echo "$(/usr/bin/git --version) knows no commit --trailer"; exit 0; fi
        mkdir -p ~/.local/bin
        { printf '%s\n' '#!/bin/sh' "$2 commits of agents name them as Co-authored-by, as git.agents of the policy wants it."; cat <<'END'
        [ -n "$CAISSON_CO_AUTHOR" ] || exec /usr/bin/git "$@"
        at=0 value=
        for word; do
          at=$((at + 1))
          if [ -n "$value" ]; then value=; continue; fi
          case $word in
            -C|-c|--git-dir|--work-tree|--namespace|--super-prefix|--config-env|--attr-source) value=1 ;;
            -*) ;;
            commit)
              left=$#
              while [ $left -gt 0 ]; do
                set -- "$@" "$1"; shift
                left=$((left - 1)) at=$((at - 1))
                [ $at -ne 0 ] || set -- "$@" --trailer "Co-authored-by: $CAISSON_CO_AUTHOR"
              done
              exec /usr/bin/git -c trailer.co-authored-by.ifexists=addIfDifferent "$@" ;;
            *) break ;;
          esac
        done
        exec /usr/bin/git "$@"
        END
        } >"$own.half" && chmod 755 "$own.half" && mv "$own.half" "$own"
        """;

    internal async Task CommitterAsync(IAgentProvider provider, AgentCommits commits, CancellationToken cancellation)
    {
        if (agents.Build(provider.Name) is not { } build)
            return;
        var program = $"{AgentStore.MountRoot}/{provider.Name}/{build.Executable}";
        var wanted = commits switch
        {
            AgentCommits.Committer => "committer",
            AgentCommits.CoAuthor => "co-author",
            _ => "no",
        };
        await MustAsync(["bash", "-c", Committer, "bash", provider.Name, provider.Title, program, wanted, Mark], cancellation);
    }

    /// <summary>Why agents are not named as the policy wants it; empty: they are, or it doesn't.</summary>
    internal async Task<string> CoAuthorAsync(AgentCommits commits, CancellationToken cancellation)
    {
        var wanted = commits == AgentCommits.CoAuthor ? "yes" : "no";
        return (await MustAsync(["bash", "-c", CoAuthor, "bash", wanted, Mark], cancellation)).Trim();
    }
}
