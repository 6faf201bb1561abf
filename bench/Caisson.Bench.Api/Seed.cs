using Caisson.Api;
using Caisson.Identity.Subjects;
using Caisson.Workspaces;
using Caisson.Workspaces.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Bench.Api;

/// <summary>
/// Workspaces of twenty people, written by the service itself, as a request would. There is no <c>caisson-init</c> where it looks, so each one's first job
/// fails at once, and the rows, jobs, steps and events are those of a workspace that could not be started.
/// </summary>
internal static class Seed
{
    internal static async Task<IReadOnlyList<string>> WriteAsync(string home, int count)
    {
        var directories = new CaissonDirectories(home);
        directories.Prepare();
        await using var services = await WorkspaceServices.OpenAsync(
            directories,
            new WorkspaceOptions { ProgramDirectory = Path.Combine(home, "none"), DefaultDriver = "bubblewrap" },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None
        );
        var users = new UserStore(services.Database, TimeProvider.System);
        var people = Enumerable
            .Range(0, 20)
            .Select(number => users.Ensure($"person{number}@example.com", $"Person {number}", ["member"]))
            .ToList();
        var (ids, jobs) = (new List<string>(), new List<string>());
        for (var number = 0; number < count; number++)
        {
            var owner = people[number % people.Count];
            var made = services.Workspaces.Create(
                new Person(owner.Id, owner.Name, owner.Address),
                owner.Id,
                new NewWorkspaceRequest { Template = "default", Name = $"workspace-{number}" },
                key: null
            );
            services.Workspaces.Store.Share(made.Workspace.Id, people[(number + 1) % people.Count].Id, "viewer");
            ids.Add(made.Workspace.Id);
            jobs.Add(made.Job!.Id);
        }
        foreach (var job in jobs)
        {
            for (
                var seen = services.Workspaces.Events.Last;
                services.Workspaces.Jobs.Find(job)!.IsActive;
                seen = services.Workspaces.Events.Last
            )
                await services.Workspaces.Events.WaitAsync(seen, CancellationToken.None);
        }
        return ids;
    }
}
