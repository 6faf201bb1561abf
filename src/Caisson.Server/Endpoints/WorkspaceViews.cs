using Caisson.Api;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Policy.Manifest;
using Caisson.Server.Access;
using Caisson.Server.Web;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Templates;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>How the API shows workspaces, jobs and templates. Events carry the same objects.</summary>
/// <param name="openTerminals">How many terminals of a workspace run.</param>
internal sealed class WorkspaceViews(
    WorkspaceService service,
    IdentityServices identity,
    AccessConfiguration access,
    TimeProvider time,
    Func<string, int> openTerminals
)
{
    internal static Resource Resource(WorkspaceRecord workspace) => new("workspace", workspace.Id, workspace.Owner, workspace.Shares);

    internal WorkspaceResponse Workspace(WorkspaceRecord workspace) =>
        Workspace(workspace, identity.Users.Find(workspace.Owner), openTerminals(workspace.Id));

    /// <summary>A page of them, in the same order; their owners are looked up once.</summary>
    internal IReadOnlyList<WorkspaceResponse> Workspaces(IReadOnlyList<WorkspaceRecord> page)
    {
        var owners = identity.Users.FindAll([.. page.Select(workspace => workspace.Owner).Distinct(StringComparer.Ordinal)]);
        return [.. page.Select(workspace => Workspace(workspace, owners.GetValueOrDefault(workspace.Owner), openTerminals(workspace.Id)))];
    }

    private WorkspaceResponse Workspace(WorkspaceRecord workspace, User? owner, int terminals)
    {
        return new WorkspaceResponse
        {
            Id = workspace.Id,
            Owner = new OwnerResponse(workspace.Owner, owner?.Address ?? "", owner?.Name ?? ""),
            Name = workspace.Name,
            Title = workspace.Title,
            Template = workspace.Template,
            TemplateHash = workspace.TemplateHash,
            Outdated = service.IsOutdated(workspace),
            Observed = workspace.Observed.Text(),
            Desired = workspace.Desired.Text(),
            Since = workspace.Since,
            Reason = workspace.Reason,
            Message = workspace.Message,
            StopReason = workspace.StopReason,
            Isolation = workspace.Document.Isolation,
            Policies = workspace.Document.Policies,
            Agents = workspace.Document.Resident.Agents,
            Job = workspace.Job,
            Terminals = new TerminalCount(terminals),
            LastUsed = workspace.LastUsed,
            Created = workspace.Created,
            Health = new HealthResponse(
                HealthFinding.StateOf(workspace.Health),
                [.. workspace.Health.Select(finding => new HealthCode(finding.Code, finding.Message, finding.Fix, finding.Since))]
            ),
            Shares = workspace.Shares,
            Url = access.LinkBase + WorkspaceLinks.Page(owner?.Address ?? workspace.Owner, workspace.Name),
            StopsAt = service.Uses.StopsAt(workspace),
            StartIn = workspace.Document.Resident.StartIn,
            Dotfiles = workspace.Document.Dotfiles,
            CopyOf = workspace.Document.CopyOf,
            HomeUntil = workspace.HomeUntil,
        };
    }

    /// <param name="onlyOf">The one person whose address is told; null for all.</param>
    internal IReadOnlyList<ShareResponse> Shares(WorkspaceRecord workspace, string? onlyOf)
    {
        var people = identity.Users.FindAll([.. workspace.Shares.Keys]);
        return
        [
            .. workspace
                .Shares.Select(share => Shown(share.Key, people.GetValueOrDefault(share.Key), share.Value))
                .OrderBy(share => share.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(share => share.Id, StringComparer.Ordinal),
        ];

        ShareResponse Shown(string id, User? person, string right)
        {
            if (person is null)
                return new ShareResponse(id, id, null, right);
            if (onlyOf is null || onlyOf == id)
                return new ShareResponse(id, person.Name, person.Address, right);
            // Providers and proxies that give no name leave the address in its place.
            return new ShareResponse(id, person.Name.Split('@')[0], null, right);
        }
    }

    internal JobResponse Job(JobRecord job)
    {
        var durations = job.IsActive ? service.Jobs.Durations(job.Template, job.Kind) : [];
        return new JobResponse
        {
            Id = job.Id,
            Workspace = job.Workspace,
            Kind = job.Kind,
            State = Text(job.State),
            Attempt = job.Attempt,
            Created = job.Created,
            Started = job.Started,
            Ended = job.Ended,
            Position = service.Position(job.Id),
            Estimate = durations.Count == 0 ? null : new EstimateResponse(At(durations, 0.5), At(durations, 0.95)),
            Steps = [.. job.Steps.Select(Step)],
            Error = job.Error is { } error ? new JobErrorResponse(error.Step, error.Code, error.Message, error.Fix, error.Raw) : null,
            KeepUntil = job.KeepUntil,
        };
    }

    internal TemplateResponse Template(TemplateVersion version)
    {
        var template = version.Manifest;
        return new TemplateResponse
        {
            Name = template.Name,
            Description = template.Description,
            Hash = version.Hash,
            Agents = service.Templates.AgentsOf(template),
            Policies = service.Templates.PoliciesOf(template),
            Parameters =
            [
                .. template.Parameters.Select(parameter => new TemplateParameterResponse
                {
                    Name = parameter.Name,
                    Type = parameter.Type.ToString().ToLowerInvariant(),
                    Label = parameter.Label,
                    Help = parameter.Help,
                    Default = parameter.Default,
                    Min = parameter.Minimum,
                    Max = parameter.Maximum,
                    Pattern = parameter.Pattern,
                    Choices =
                        parameter.Type == ParameterType.Secret
                            ? service.Templates.CredentialsOf(service.Templates.PoliciesOf(template)) ?? []
                            : parameter.Choices,
                }),
            ],
            Presets =
            [
                .. template.Presets.Select(preset => new TemplatePresetResponse(
                    preset.Name,
                    preset.Label,
                    preset.Description,
                    preset.Parameters,
                    preset.Policies
                )),
            ],
            Repositories = [.. template.Repositories.Select(repository => repository.Url)],
            Limits = new TemplateLimits(
                template.Limits.Cpus?.Value,
                template.Limits.Memory?.Value,
                template.Limits.Pids?.Value,
                template.Limits.Disk?.Value,
                template.Limits.Files?.Value
            ),
            Projects = template.Projects,
        };
    }

    /// <param name="inside">Whether the caller may read the workspace's files, and so their names.</param>
    internal DeletionResponse Deletion(DeletionPreview preview, bool inside)
    {
        var open = openTerminals(preview.Workspace.Id);
        return new DeletionResponse
        {
            KeptUntil = preview.KeptUntil,
            Kept = preview.KeptUntil is null
                ? ["its jobs and what they said, 30 days"]
                : ["its home with all files", "its name, as long as nobody takes it", "its jobs and what they said, 30 days"],
            Ends = preview.Workspace.Observed == WorkspaceState.Running ? [$"what runs in it, {open} terminals among it"] : [],
            Surveyed = preview.Work?.Taken,
            Complete = preview.Work?.Complete ?? false,
            Repositories =
            [
                .. (preview.Work?.Repositories ?? []).Select(work => new UnsavedRepository(
                    work.Path,
                    work.Unpushed,
                    inside ? work.Commits : [],
                    work.Changed,
                    inside ? work.Files : [],
                    work.Stashes
                )),
            ],
            Loose = inside ? preview.Work?.Loose ?? [] : [],
        };
    }

    /// <summary>Seconds at this part of those sorted durations.</summary>
    internal static double At(IReadOnlyList<double> sorted, double part) =>
        Math.Round(sorted[Math.Min(sorted.Count - 1, (int)(part * sorted.Count))], 2);

    private JobStepResponse Step(JobStep step) =>
        new()
        {
            Name = step.Name,
            Title = step.Title,
            State = step.State.ToString().ToLowerInvariant(),
            Started = step.Started,
            Ended = step.Ended,
            Attempts = step.Attempts,
            Message = step.Message,
            Fix = step.Fix,
            Seconds = step.Started is { } started ? Math.Round(((step.Ended ?? time.GetUtcNow()) - started).TotalSeconds, 2) : null,
        };

    private static string Text(JobState state) => state.ToString().ToLowerInvariant();
}
