using Caisson.Api;

namespace Caisson.Server.Documentation;

/// <summary>Messages of workspaces, jobs, templates and terminals.</summary>
internal static partial class ApiExamples
{
    private static IEnumerable<(Type Type, object Value)> OfWorkspaces()
    {
        var workspace = new WorkspaceResponse
        {
            Id = Workspace,
            Owner = new OwnerResponse(User, "ada@example.com", "Ada"),
            Name = "first",
            Title = "First steps",
            Template = "default",
            TemplateHash = "sha256:9f86d081",
            Outdated = false,
            Observed = "running",
            Desired = "running",
            Since = Time,
            Reason = "started",
            Message = "",
            Isolation = "namespaces",
            Policies = ["default"],
            Agents = ["claude"],
            Job = Job,
            Terminals = new TerminalCount(1),
            LastUsed = Time,
            Created = Time,
            Health = new HealthResponse("healthy", []),
            Shares = new Dictionary<string, string> { ["u-0f1e2d3c4b5a6978"] = "viewer" },
            Url = "https://caisson.example.com/w/ada@example.com/first",
            StartIn = "/home/agent",
        };
        var job = new JobResponse
        {
            Id = Job,
            Workspace = Workspace,
            Kind = "create",
            State = "running",
            Attempt = 1,
            Created = Time,
            Started = Time,
            Estimate = new EstimateResponse(1.2, 3.4),
            Steps =
            [
                new JobStepResponse
                {
                    Name = "allocate",
                    Title = "Make its directories",
                    State = "succeeded",
                    Started = Time,
                    Ended = Time,
                    Attempts = 1,
                    Seconds = 0.02,
                },
            ],
        };
        var template = new TemplateResponse
        {
            Name = "course",
            Description = "The course",
            Hash = "sha256:9f86d081",
            Agents = ["claude"],
            Policies = ["base"],
            Parameters =
            [
                new TemplateParameterResponse
                {
                    Name = "track",
                    Type = "choice",
                    Label = "Track",
                    Default = "a",
                    Choices = ["a", "b"],
                },
            ],
            Limits = new TemplateLimits(2, 4L << 30, null, null, null),
            Presets = [new TemplatePresetResponse("easy", "The easy track", null, new Dictionary<string, string> { ["track"] = "a" }, [])],
            Projects = ["app"],
            Repositories = ["https://example.org/tools.git"],
        };
        var terminal = new TerminalResponse
        {
            Id = Terminal,
            Workspace = Workspace,
            Label = "bash",
            State = "running",
            Created = Time,
            Columns = 80,
            Rows = 24,
            Viewers = 1,
            Title = "agent@first: ~",
            Recording = false,
            Mode = "write",
        };
        yield return (
            typeof(NewWorkspaceRequest),
            new NewWorkspaceRequest
            {
                Template = "default",
                Name = "first",
                Title = "First steps",
            }
        );
        yield return (typeof(WorkspaceChange), new WorkspaceChange("Second steps", null));
        yield return (typeof(TransferRequest), new TransferRequest("bob@example.com", "viewer", null));
        yield return (typeof(DuplicateRequest), new DuplicateRequest("first-copy", null));
        yield return (typeof(RestoreRequest), new RestoreRequest("first-again"));
        yield return (typeof(ExtendRequest), new ExtendRequest(4));
        yield return (
            typeof(DeletionResponse),
            new DeletionResponse
            {
                KeptUntil = Time.AddDays(7),
                Kept = ["the home with all its files"],
                Ends = ["1 terminal"],
                Surveyed = Time,
                Complete = true,
                Repositories = [new UnsavedRepository("projects/app", 1, ["1a2b3c4 A first step"], 1, ["README.md"], 0)],
                Loose = ["notes.txt"],
            }
        );
        yield return (typeof(ShareRequest), new ShareRequest("viewer"));
        yield return (
            typeof(IReadOnlyList<ShareResponse>),
            new ShareResponse[] { new("u-0f1e2d3c4b5a6978", "Grace", "grace@example.com", "viewer") }
        );
        yield return (typeof(RetryRequest), new RetryRequest("step", false));
        yield return (typeof(WorkspaceResponse), workspace);
        yield return (
            typeof(WorkspacePage),
            new WorkspacePage([workspace], null, 1, [new BadTermResponse("status:on", 6, "on is no state; known: running, stopped, …")])
        );
        yield return (typeof(CreatedResponse), new CreatedResponse(workspace, job, false));
        yield return (typeof(JobAccepted), new JobAccepted(job, []));
        yield return (typeof(WhyResponse), new WhyResponse("Ada stopped it at 2026-03-01 12:00 UTC (user).", "user", Time, User, []));
        yield return (typeof(JobResponse), job);
        yield return (typeof(JobPage), new JobPage([job], null, 1));
        yield return (typeof(TemplatePage), new TemplatePage([template], null, 1, []));
        yield return (typeof(TemplatePlanRequest), new TemplatePlanRequest { Name = "first" });
        yield return (
            typeof(TemplatePlanResponse),
            new TemplatePlanResponse
            {
                Name = "first",
                Steps = ["Make its directories"],
                Policies = ["base"],
                Routes = ["example.org"],
                Credentials = [],
                Risks = [],
                Limits = ["memory 4 GiB"],
                ExpectedSeconds = 1.2,
                Warnings = [],
            }
        );
        yield return (typeof(NewTerminalRequest), new NewTerminalRequest("build", null, null, 80, 24));
        yield return (typeof(TerminalPatch), new TerminalPatch("tests"));
        yield return (typeof(TerminalResponse), terminal);
        yield return (typeof(TerminalList), new TerminalList([terminal], null, 1));
        yield return (typeof(TerminalInput), new TerminalInput("00000000000000000000000000000001", 0, "bHMK"));
        yield return (typeof(TerminalInputTaken), new TerminalInputTaken(3));
        yield return (
            typeof(TerminalViewerList),
            new TerminalViewerList([new TerminalViewerResponse("v-1a2b3c4d5e6f7a8b", "Ada", "write", Time, 4.2, 0)], null, 1)
        );
        yield return (typeof(TerminalViewerMode), new TerminalViewerMode("view"));
        yield return (typeof(TerminalSearch), new TerminalSearch(1, [new TerminalMatch(3, 0, 3, 5)], "complete", null));
        yield return (
            typeof(TerminalCapacity),
            new TerminalCapacity(1, 10, 64L << 20, 4L << 30, 0, (4L << 30) / 10 * 8, (4L << 30) / 10 * 7, true)
        );
        yield return (typeof(UploadResponse), new UploadResponse("/home/agent/.caisson/uploads/notes.txt"));
    }
}
