using Caisson.Api;

namespace Caisson.Server.Documentation;

/// <summary>Messages of sandboxes, agents and credentials.</summary>
internal static partial class ApiExamples
{
    private static IEnumerable<(Type Type, object Value)> OfSandboxes()
    {
        var plan = new PlanResponse
        {
            Hash = "9f86d081884c7d65",
            Driver = "bubblewrap",
            Isolation = "namespaces",
            Policies = ["default"],
            Repository = "clone",
            WorkingDirectory = "/home/agent",
            Command = ["/bin/true"],
            Environment = ["HOME"],
            Skills = [],
            Git = [],
            Routes = ["example.org"],
            Limits = ["memory 4 GiB"],
            Risks = [new PlanRisk("low", "network", "example.org may be reached")],
            Needs = [],
            Opens = true,
        };
        var sandbox = new SandboxResponse
        {
            Id = "web-1a2b3",
            Name = "web",
            State = "running",
            Driver = "bubblewrap",
            Directory = "/home/you/repository",
            Policies = ["default"],
            Created = Time,
            Process = 1,
            Stages = [new StageTiming("allocate", 1.5)],
        };
        var agent = new AgentResponse
        {
            Name = "claude",
            Pinned = "2.0.0",
            Architecture = "x64",
            State = "not_installed",
            Files = ["~/.claude.json"],
            Routes = ["api.anthropic.com"],
            Abilities = ["headless"],
        };
        yield return (
            typeof(RunRequest),
            new RunRequest
            {
                Arguments = ["/bin/sleep", "60"],
                Directory = "/tmp",
                Name = "web",
            }
        );
        yield return (typeof(PlanResponse), plan);
        yield return (typeof(SandboxResponse), sandbox);
        yield return (typeof(SandboxList), new SandboxList([sandbox]));
        yield return (typeof(ProcessRequest), new ProcessRequest { Arguments = ["/bin/ls", "-l"] });
        yield return (typeof(ProcessResponse), new ProcessResponse(2));
        yield return (typeof(ResumeRequest), new ResumeRequest(null, new Dictionary<string, string>()));
        yield return (typeof(TeardownResponse), new TeardownResponse([]));
        yield return (typeof(FinishResponse), new FinishResponse(true, true, []));
        yield return (typeof(PatchResponse), new PatchResponse("diff --git a/README b/README\n", "/home/you/repository", "1a2b3c4"));
        yield return (typeof(LogResponse), new LogResponse([new LogEntry(Time, "started", "bash in 741 ms")]));
        yield return (
            typeof(VersionResponse),
            new VersionResponse("0.1.0", "1a2b3c4", "2026-03-01T12:00:00Z", "v1", 4, "http://127.0.0.1:7180")
        );
        yield return (typeof(AgentResponse), agent);
        yield return (typeof(AgentList), new AgentList([agent]));
        yield return (typeof(CredentialValueRequest), new CredentialValueRequest("the value itself"));
        yield return (typeof(CredentialResponse), new CredentialResponse("anthropic", Time));
        yield return (typeof(CredentialList), new CredentialList([new CredentialResponse("anthropic", Time)]));
    }
}
