using Caisson.Agents;
using Caisson.Agents.Store;
using Caisson.Policy.Manifest;

namespace Caisson.Workspaces.Jobs;

/// <summary>
/// Commits that an agent makes say so, where the policy wants it. Not by a hook: those belong to the repository. The agent's name in the PATH leads over a few
/// lines that tell git who commits. What runs inside can do without them, as it can write any name into a commit.
/// </summary>
internal sealed partial class InsideSteps
{
    private const string Mark = "# Written by Caisson:";

    private const string Committer = """
        own=~/.local/bin/$1
        [ ! -e "$own" ] || grep -q "^$5" "$own" || exit 0
        if [ "$4" = no ]; then rm -f "$own"; exit 0; fi
        mkdir -p ~/.local/bin
        cat >"$own.half" <<END
        #!/bin/sh
        $5 commits of $2 bear its name, as git.agents of the policy wants it.
        export GIT_COMMITTER_NAME='$2' GIT_COMMITTER_EMAIL='$1@agents.invalid'
        exec '$3' "\$@"
        END
        chmod 755 "$own.half" && mv "$own.half" "$own"
        """;

    internal async Task CommitterAsync(IAgentProvider provider, AgentCommits commits, CancellationToken cancellation)
    {
        if (agents.Build(provider.Name) is not { } build)
            return;
        var program = $"{AgentStore.MountRoot}/{provider.Name}/{build.Executable}";
        var wanted = commits == AgentCommits.Committer ? "yes" : "no";
        await MustAsync(["bash", "-c", Committer, "bash", provider.Name, provider.Title, program, wanted, Mark], cancellation);
    }
}
