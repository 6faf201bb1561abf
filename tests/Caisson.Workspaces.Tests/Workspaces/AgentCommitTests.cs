using System.Text;
using System.Text.Json;
using Caisson.Agents.Store;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>Whose commits an agent makes, by policy, with real git. The agent is a shell under the name of one: what it runs is all that counts here.</summary>
public sealed class AgentCommitTests : IAsyncLifetime
{
    private const string Agent = "codex";
    private const string Trailer = "Co-authored-by: Codex <codex@agents.invalid>";
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", $"---\npolicies: [crew]\nagents: [{Agent}]\n---\n");
        Install();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task AnAgentsCommits_NameItAsCoAuthor_AndAPersonsDoNot()
    {
        Want("co-author");
        var workspace = (await _lab.RunningAsync("one")).Id;
        await _lab.InsideAsync(workspace, "git init -q -b main work && cd work && git commit -q --allow-empty -m 'By hand'");

        await ByAgentAsync(workspace, "git commit -q --allow-empty -m 'By an agent'");
        await ByAgentAsync(workspace, "git -C ~/work -c core.abbrev=9 commit -q --allow-empty -m 'From \"afar\"' -m \"It's   so\"");
        // As agents run their commands: in a login shell, with a trailer of their own, and again.
        await ByAgentAsync(workspace, $"bash -lc \"git commit -q --allow-empty -m 'Signed' --trailer 'Helped-by: x <x@y>'\"");
        await ByAgentAsync(workspace, "git commit -q --amend --allow-empty --no-edit");

        (await _lab.InsideAsync(workspace, "git -C work log --reverse --format='%an %cn|%B' | sed '/^$/d'")).ShouldBe(
            $"""
            Ada Ada|By hand
            Ada Ada|By an agent
            {Trailer}
            Ada Ada|From "afar"
            It's   so
            {Trailer}
            Ada Ada|Signed
            {Trailer}
            Helped-by: x <x@y>
            """
        );
    }

    [Fact]
    public async Task WhatElseGitDoes_AndTheRepositorysHooks_StayAsTheyAre()
    {
        Want("co-author");
        var workspace = (await _lab.RunningAsync("one")).Id;
        await _lab.InsideAsync(
            workspace,
            "git init -q -b main work && cd work && printf '#!/bin/sh\\necho hooked >>\"$1\"\\n' > .git/hooks/commit-msg && chmod +x .git/hooks/commit-msg"
        );

        await ByAgentAsync(workspace, "git commit -q --allow-empty -m one");
        await ByAgentAsync(
            workspace,
            "git tag commit && git log -1 --format=%s commit > subject && git --version > version; git nothing; echo $? > code"
        );

        (await _lab.InsideAsync(workspace, "cd work; git log -1 --format=%B; cat subject code; cut -c-11 version")).ShouldBe(
            $"one\n\n{Trailer}\nhooked\n\none\n1\ngit version"
        );
    }

    [Fact]
    public async Task ThePolicysChoice_HoldsFromTheNextStart()
    {
        Want("co-author");
        var workspace = (await _lab.RunningAsync("one")).Id;
        Want("committer");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace, ServiceLab.Ada.Id));
        await _lab.InsideAsync(workspace, "git init -q -b main work; command -v git");
        await ByAgentAsync(workspace, "git commit -q --allow-empty -m one");
        Want("person");
        await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace, ServiceLab.Ada.Id));
        await ByAgentAsync(workspace, "git commit -q --allow-empty -m two");

        (await _lab.InsideAsync(workspace, "command -v git; git -C work log --reverse --format='%an %cn %ce|%b'")).ShouldBe(
            "/usr/bin/git\nAda Codex codex@agents.invalid|\nAda Ada ada@example.org|"
        );
    }

    [Fact]
    public async Task AGitOfThePersonsOwn_IsLetAlone_AndTold()
    {
        Want("person");
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(
            workspace.Id,
            "mkdir -p .local/bin; printf '#!/bin/sh\\necho mine\\n' > .local/bin/git; chmod +x .local/bin/git"
        );
        Want("co-author");

        var job = await _lab.SucceededAsync(await _lab.Service.RestartAsync(workspace.Id, ServiceLab.Ada.Id));

        _lab.Log(job).ShouldContain("agents: warning: commits of agents bear no Co-authored-by: ~/.local/bin/git is not Caisson's");
        (await _lab.InsideAsync(workspace.Id, "~/.local/bin/git")).ShouldBe("mine");
    }

    private Task<string> ByAgentAsync(string workspace, string command) =>
        _lab.InsideAsync(
            workspace,
            $"""
            cd work; PATH=~/.local/bin:$PATH {Agent} <<'END'
            {command}
            END
            """
        );

    private void Want(string commits) => _lab.Write("policies/crew.md", $"---\ndescription: x\ngit: {{ agents: {commits} }}\n---\n");

    /// <summary>As <c>caisson agent install</c> leaves it.</summary>
    private void Install()
    {
        var pin = AgentLock.BuiltIn.Agents[Agent];
        var build = pin.Builds[AgentLock.MachineArchitecture];
        const string shell = "#!/bin/sh\nexec sh -s\n";
        var place = $"store/agents/{Agent}/{pin.Version}";
        var file = _lab.Write($"{place}/{build.Executable}", shell);
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        var files = new Dictionary<string, int>(StringComparer.Ordinal) { [build.Executable] = Encoding.UTF8.GetByteCount(shell) };
        _lab.Write(
            $"{place}/.caisson-agent.json",
            JsonSerializer.Serialize(
                new
                {
                    agent = Agent,
                    version = pin.Version,
                    sha256 = build.Sha256,
                    files,
                }
            )
        );
    }
}
