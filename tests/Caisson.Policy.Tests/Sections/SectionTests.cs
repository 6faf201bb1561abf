using Caisson.Policy.Composition;
using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Sections;

public sealed class SectionTests
{
    [Theory]
    [InlineData("resources: { memory: 12 }", "from 256MiB to 4096GiB, for example `memory: 4GiB`")]
    [InlineData("resources: { memory: 255MiB }", "256MiB")]
    [InlineData("resources: { memory: -4GiB }", "memory: 4GiB")]
    [InlineData("resources: { memory: 4GB }", "KiB, MiB, GiB")]
    [InlineData("resources: { memory: 99999GiB }", "4096GiB")]
    [InlineData("resources: { cpus: -1 }", "from 0.1 to 1024, for example `cpus: 2`")]
    [InlineData("resources: { cpus: 0 }", "0.1")]
    [InlineData("resources: { cpus: NaN }", "0.1")]
    [InlineData("resources: { cpus: '2' }", "0.1")]
    [InlineData("resources: { pids: 1.5 }", "whole number from 32 to 1000000")]
    [InlineData("resources: { pids: 1 }", "pids: 1024")]
    [InlineData("resources: { disk: 1KiB }", "disk: 20GiB")]
    [InlineData("resources: { files: many }", "files: 65536")]
    [InlineData("agent: { stop_grace: 8 }", "for example `stop_grace: 8s`")]
    [InlineData("agent: { stop_grace: 5GiB }", "ms, s, m, h, d")]
    [InlineData("agent: { stop_grace: 2h }", "to 10m")]
    [InlineData("agent: { provider: claud }", "unknown agent provider")]
    [InlineData("agent: { args: x }", "must be a list")]
    [InlineData("isolation: none", "unknown value 'none'")]
    [InlineData("log: true", "unknown value 'true'")]
    [InlineData("git: { user: { name: '' } }", "is empty")]
    [InlineData("git: { user: {} }", "name or an email")]
    [InlineData("git: { agents: comitter }", "did you mean 'committer'")]
    [InlineData("terminal: { ring: 63KiB }", "from 64KiB to 256MiB, for example `ring: 8MiB`")]
    [InlineData("terminal: { ring: 257MiB }", "from 64KiB to 256MiB")]
    [InlineData("terminal: { ring: 8388608 }", "ring: 8MiB")]
    [InlineData("git: { agents: co-autor }", "did you mean 'co-author'")]
    [InlineData("git: { user: { name: 'a<b' } }", "'<'")]
    [InlineData("description:", "has no value")]
    public void Refuses_ABadValue_NamingRangeAndExample(string yaml, string because) =>
        Text.OnlyError(yaml).ToString().ShouldContain(because);

    [Theory]
    [InlineData("person", AgentCommits.Person)]
    [InlineData("committer", AgentCommits.Committer)]
    [InlineData("co-author", AgentCommits.CoAuthor)]
    public void Reads_WhoseTheCommitsOfAgentsAre_AndSaysItTheSameWay(string text, AgentCommits commits)
    {
        var policy = Text.Effective($"git: {{ agents: {text} }}");

        policy.GitAgents!.Value.ShouldBe(commits);
        PolicyExplain.All(policy).Single(value => value.Key == "git.agents").Value.ShouldBe(text);
    }

    [Fact]
    public void Reads_Resources()
    {
        var resources = Text.Good("resources: { cpus: 1.5, memory: 1.5GiB, pids: 64, disk: 1GiB, files: 1024 }").Resources;
        resources.Cpus!.Value.ShouldBe(1.5);
        resources.Memory!.Value.ShouldBe(1536L << 20);
        resources.Pids!.Value.ShouldBe(64);
        resources.Disk!.Value.ShouldBe(1L << 30);
        resources.Files!.Value.ShouldBe(1024);
    }

    [Fact]
    public void Reads_Agent()
    {
        var agent = Text.Good(
            "agent: { provider: codex, args: [--model, gpt-5], stop_grace: 500ms }\n".Replace("500ms", "2s", StringComparison.Ordinal)
        ).Agent;
        agent.Args!.Value.ShouldBe(["--model", "gpt-5"]);
        agent.StopGrace!.Value.ShouldBe(TimeSpan.FromSeconds(2));
        agent.StopGrace.Origin.Line.ShouldBe(2);
    }

    [Fact]
    public void Reads_Filesystem()
    {
        var files = Text.Good(
            """
            filesystem:
              repo: mount
              mounts: [{ source: ~/data, path: /data }, { source: /home/dev/x, path: /x, mode: rw }]
              unsafe_writable: [.vscode]
            """
        ).Filesystem;
        files.Repository!.Value.ShouldBe(RepositoryMode.Mount);
        files
            .Mounts.Select(mount => (mount.Source, mount.Path, mount.Writable))
            .ShouldBe([("/home/dev/data", "/data", false), ("/home/dev/x", "/x", true)]);
        files.UnsafeWritable.ShouldHaveSingleItem().Value.ShouldBe(".vscode");
    }

    [Theory]
    [InlineData("/etc", "/x", "outside the directories")]
    [InlineData("/home/developer", "/x", "outside the directories")]
    [InlineData("~/../other", "/x", "outside the directories")]
    [InlineData("'~'", "/x", "never visible")]
    [InlineData("~/.ssh", "/x", "never visible")]
    [InlineData("~/.ssh/keys", "/x", "never visible")]
    [InlineData("~/.config", "/x", "never visible")]
    [InlineData("~/.caisson/keys", "/x", "never visible")]
    [InlineData("data", "/x", "absolute")]
    [InlineData("~/data", "x", "absolute")]
    [InlineData("~/data", "/", "absolute")]
    [InlineData("~/data", "/x/../etc", "absolute")]
    [InlineData("~/data", "/proc/x", "belongs to the sandbox")]
    public void Refuses_AMount(string source, string path, string because) =>
        Text.OnlyError($"filesystem: {{ mounts: [{{ source: {source}, path: {path} }}] }}").Message.ShouldContain(because);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("~/x")]
    public void Refuses_AnUnsafePathOutsideTheRepository(string path) =>
        Text.OnlyError($"filesystem: {{ unsafe_writable: ['{path}'] }}").Message.ShouldContain("within the repository");
}
