using Caisson.Api;
using Caisson.Gateway;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>One installation in this process: the whole service with its database, its jobs and real sandboxes, on a clock that tests move on.</summary>
internal sealed class ServiceLab : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _home = Directory.CreateTempSubdirectory("cw-").FullName;

    private ServiceLab()
    {
        Directories = new CaissonDirectories(_home);
        Directories.Prepare();
    }

    internal static Person Ada { get; } = new("u-ada", "Ada", "ada@example.org");

    internal static Person Bob { get; } = new("u-bob", "Bob", "bob@example.org");

    internal CaissonDirectories Directories { get; }

    /// <summary>Of the next <see cref="OpenAsync"/>.</summary>
    internal TimeSpan HomeKept { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Of the next <see cref="OpenAsync"/>.</summary>
    internal TimeSpan StopGrace { get; set; } = new WorkspaceOptions { ProgramDirectory = "", DefaultDriver = "" }.StopGrace;

    internal MovedTime Time { get; } = new();

    /// <summary>Takes connections of <c>slow.example</c> and says nothing, until it is told to hang up.</summary>
    internal SilentSite Slow { get; } = new();

    internal WorkspaceServices Services { get; private set; } = null!;

    internal WorkspaceService Service => Services.Workspaces;

    internal WorkspaceStore Store => Service.Store;

    internal static async Task<ServiceLab> StartAsync()
    {
        var lab = new ServiceLab();
        lab.Write("policies/slow.md", "---\ndescription: x\nroutes: [{ host: slow.example }]\n---\n");
        await lab.OpenAsync();
        return lab;
    }

    /// <summary>As a server that follows another: what runs is taken over, jobs go on.</summary>
    internal async Task OpenAsync()
    {
        Services = await WorkspaceServices.OpenAsync(
            Directories,
            new WorkspaceOptions
            {
                ProgramDirectory = Path.GetDirectoryName(Checkout.Init)!,
                DefaultDriver = "bubblewrap",
                HomeKept = HomeKept,
                StopGrace = StopGrace,
                Resolve =
                [
                    ResolveOverride.TryParse($"slow.example:443:127.0.0.1:{Slow.Port}", out var slow, out _)
                        ? slow
                        : throw new InvalidOperationException(),
                ],
            },
            NullLoggerFactory.Instance,
            Time,
            CancellationToken.None
        );
        await Services.StartAsync(CancellationToken.None);
        Service.Start();
    }

    internal async Task RestartAsync()
    {
        await Services.DisposeAsync();
        await OpenAsync();
    }

    internal string Write(string name, string text)
    {
        var file = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ReplaceLineEndings("\n"));
        return file;
    }

    internal CreatedWorkspace Create(string name, string template = "default", Person? owner = null, string? key = null) =>
        Service.Create(owner ?? Ada, (owner ?? Ada).Id, new NewWorkspaceRequest { Template = template, Name = name }, key);

    /// <summary>Makes one and waits until it runs.</summary>
    internal async Task<WorkspaceRecord> RunningAsync(string name, string template = "default", Person? owner = null)
    {
        var made = Create(name, template, owner);
        await SucceededAsync(made.Job!);
        return Store.Find(made.Workspace.Id)!;
    }

    internal async Task<JobRecord> SucceededAsync(JobRecord job)
    {
        var ended = await EndOfAsync(job.Id);
        ended.State.ShouldBe(JobState.Succeeded, ended.Error?.ToString());
        return ended;
    }

    internal Task<JobRecord> EndOfAsync(string job) => JobAsync(job, record => !record.IsActive);

    /// <summary>Waits for what the stream tells about a job.</summary>
    internal async Task<JobRecord> JobAsync(string job, Func<JobRecord, bool> condition)
    {
        var found = default(JobRecord)!;
        await UntilAsync(() => condition(found = Service.Jobs.Find(job)!));
        return found;
    }

    internal Task<JobRecord> StepRunsAsync(string job, string step) =>
        JobAsync(job, record => record.Steps.Any(known => known.Name == step && known.State == StepState.Running));

    internal async Task<WorkspaceRecord> WorkspaceAsync(string id, Func<WorkspaceRecord, bool> condition)
    {
        var found = default(WorkspaceRecord)!;
        await UntilAsync(() => condition(found = Store.Find(id)!));
        return found;
    }

    internal async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var last = Service.Events.Last;
            if (condition())
                return;
            await Service.Events.WaitAsync(last, limit.Token);
        }
    }

    /// <summary>Looks again and again, for what no event tells.</summary>
    internal async Task LookUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Service.LookAsync();
        }
    }

    internal ISandbox Sandbox(string workspace) => Service.Sandbox(Store.Find(workspace)!).ShouldNotBeNull();

    internal bool Runs(string workspace) => Service.Sandbox(Store.Find(workspace)!) is not null;

    /// <summary>What a script prints that the workspace's user runs in their home.</summary>
    internal async Task<string> InsideAsync(string workspace, string script)
    {
        var result = await Sandbox(workspace)
            .Init.ExecAsync(
                new ExecRequest
                {
                    Arguments = ["bash", "-c", script],
                    WorkingDirectory = SandboxEnvironment.Home,
                    Timeout = Patience,
                }
            );
        result.ExitCode.ShouldBe(0, result.Errors);
        return result.Output.TrimEnd('\n');
    }

    internal string HomeOf(WorkspaceRecord workspace) => Directories.Sandbox(workspace.Sandbox!).HomeInside;

    /// <summary>Directories of sandboxes that are there.</summary>
    internal IReadOnlyList<string> Sandboxes() => [.. Directory.EnumerateDirectories(Directories.Sandboxes).Select(Path.GetFileName)!];

    internal string Log(JobRecord job) => string.Join('\n', Service.Log.Read(job.Id, 0, 1000).Select(line => $"{line.Step}: {line.Text}"));

    public async ValueTask DisposeAsync()
    {
        Slow.Dispose();
        foreach (var job in Service.Jobs.Active())
        {
            await Service.CancelAsync(job.Id);
            await EndOfAsync(job.Id);
        }
        foreach (var workspace in Store.Unfinished())
            await Service.ForceDeleteAsync(workspace.Id, Ada.Id);
        await LookUntilAsync(() => Sandboxes().Count == 0);
        await Services.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
