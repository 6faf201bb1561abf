using System.Security.Cryptography;
using System.Text.Json;
using Caisson.Agents;
using Caisson.Agents.Store;
using Caisson.Api;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Planning;

/// <summary>Makes the plan of a launch. Reads policies, the repository and the agent store; has no side effect.</summary>
/// <param name="drivers">All that exist, by name.</param>
/// <param name="defaultDriver">For policies that name none.</param>
internal sealed class RunPlanner(
    CaissonDirectories directories,
    AgentStore store,
    IReadOnlyDictionary<string, ISandboxDriver> drivers,
    string defaultDriver,
    TimeProvider time
)
{
    private const string DefaultPolicy = "default";

    /// <param name="isRunning">Whether it is the plan of a sandbox that runs already, to be taken over.</param>
    internal async Task<RunPlan> PlanAsync(RunRequest request, CancellationToken cancellation, bool isRunning = false)
    {
        Check(request);
        var (policy, names, warnings, systemPrompt) = Policy(request);
        if (request.Resident is { } overlay)
            policy = ResidentPlanning.Apply(policy, overlay);
        var provider = request.Resident is null ? Provider(request, policy) : null;
        var driver = Driver(request, policy);
        var repository = request.Resident is null ? await HostRepository.FindAsync(request.Directory, cancellation) : null;
        var mode = repository is null ? "none" : request.Repository ?? policy.Repository.Value.ToString().ToLowerInvariant();
        var workingDirectory = request.Resident?.StartIn ?? WorkingDirectory(repository, request.Directory);
        IReadOnlyList<string> command = request.Arguments;
        IReadOnlyList<PlannedAgent> agents = [];
        if (request.Resident is { } resident)
        {
            (policy, agents, var notes) = Agents(resident, request, policy, isRunning);
            warnings = [.. warnings, .. notes, .. policy.Shadowed];
        }
        else if (provider is not null)
        {
            (policy, var login) = LoginPlanning.Apply(policy, provider, isRunning, time);
            agents = [new PlannedAgent(provider, policy.AgentCredential?.Value, login)];
            var agent = AgentPlanning.Plan(agents[0], request, policy, workingDirectory, store, systemPrompt, placeholder: null);
            policy = policy.WithProviderRoutes(agent.Routes);
            command = agent.Command;
            warnings = [.. warnings, .. agent.Notes, .. policy.Shadowed];
        }
        if (mode == "mount" && !driver.Capabilities.Features.Contains("mount"))
            throw new SandboxException("not_supported", $"The driver {driver.Name} can't mount a repository.", "Use --repo clone or copy.");
        var limits = new SandboxLimits(
            policy.Resources.Cpus.Value,
            policy.Resources.Memory.Value,
            policy.Resources.Pids.Value,
            policy.Resources.Disk.Value,
            policy.Resources.Files.Value
        );
        var response = new PlanResponse
        {
            Hash = "",
            Agent = provider?.Name,
            Driver = driver.Name,
            Isolation = driver.Capabilities.Isolation.ToString().ToLowerInvariant(),
            Policies = names,
            Repository = mode,
            RepositoryPath = repository?.Root,
            WorkingDirectory = workingDirectory,
            Command = command,
            Environment = PolicyPlanLines.EnvironmentNames(policy),
            Skills = [],
            Git = [],
            Routes = PolicyPlanLines.Routes(policy),
            Limits = LimitLines(limits, driver),
            Risks = Risks(policy, mode),
            Needs = PlanNeeds.Of(policy),
            Opens =
                policy.Routes.Count > 0
                || policy.Credentials.Count > 0
                || policy.Mounts.Count > 0
                || mode == "mount"
                || policy.Env.Any(entry => entry.ArrivesInClear),
            Warnings = warnings,
        };
        return new RunPlan
        {
            Request = request,
            Policy = policy,
            SystemPrompt = provider is null ? null : systemPrompt,
            Agents = agents,
            Driver = driver,
            Repository = repository,
            RepositoryMode = mode,
            WorkingDirectory = workingDirectory,
            Limits = limits,
            Response = response with { Hash = Hash(response, policy) },
        };
    }

    private static void Check(RunRequest request)
    {
        if (!Path.IsPathFullyQualified(request.Directory) || !Directory.Exists(request.Directory))
            throw new SandboxException("invalid_request", $"The directory '{request.Directory}' does not exist.");
        if (request is { Agent: null, Arguments.Count: 0, Resident: null })
            throw new SandboxException(
                "invalid_request",
                "Neither an agent nor a command was given.",
                "caisson run claude, or caisson run -- COMMAND"
            );
        if (request.Repository is not (null or "clone" or "copy" or "mount"))
            throw new SandboxException(
                "invalid_request",
                $"'{request.Repository}' is no way to bring a repository in.",
                "Use clone, copy or mount."
            );
    }

    private (EffectivePolicy Policy, IReadOnlyList<string> Names, IReadOnlyList<string> Warnings, string? SystemPrompt) Policy(
        RunRequest request
    )
    {
        var options = PolicyLoadOptions.FromEnvironment() with { Home = directories.Home };
        IReadOnlyList<string> names = request.Policies;
        AgentProfile? profile = null;
        if (request.Agent is { } agent && File.Exists(Path.Combine(directories.Agents, agent + ".md")))
        {
            var loaded = PolicyLoader.LoadProfile(agent, options);
            profile = loaded.Profile ?? throw Invalid(loaded.Errors);
            if (names.Count == 0)
                names = [.. profile.Policies.Select(policy => policy.Value)];
        }
        if (names.Count == 0 && File.Exists(Path.Combine(directories.Policies, DefaultPolicy + ".md")))
            names = [DefaultPolicy];
        var result = names.Count == 0 ? PolicyComposer.Compose([]) : PolicyComposer.Load(names, options);
        var policy = result.Policy ?? throw Invalid(result.Errors);
        return (
            profile is null ? policy : policy.WithProfile(profile),
            names,
            [.. result.Warnings.Select(warning => warning.ToString())],
            profile?.Prompt
        );
    }

    private static SandboxException Invalid(IReadOnlyList<PolicyError> errors) =>
        new("policy_invalid", "The policy has errors; nothing was started.", details: [.. errors.Select(error => error.ToString())]);

    /// <summary>
    /// The agents of a workspace. One that can't be set up is left out and said so: the others and the terminals are of use without it. The
    /// policy's agent credential goes to those alone that speak to the hosts it is bound to.
    /// </summary>
    private (EffectivePolicy Policy, IReadOnlyList<PlannedAgent> Agents, IReadOnlyList<string> Notes) Agents(
        Resident resident,
        RunRequest request,
        EffectivePolicy policy,
        bool isRunning
    )
    {
        var agents = new List<PlannedAgent>();
        var notes = new List<string>();
        var routes = new List<Policy.Route>();
        var written = policy.AgentCredential?.Value;
        foreach (var name in resident.Agents)
        {
            try
            {
                var provider = Provider(request with { Agent = name }, policy)!;
                var agent = new PlannedAgent(provider, ResidentPlanning.Credential(policy, written, provider), null);
                if (policy.ForwardLogin.Value && ForwardLogin.WhyNot(provider.Name) is null)
                {
                    (policy, var login) = LoginPlanning.Apply(policy, provider, isRunning, time);
                    agent = new PlannedAgent(provider, LoginPlanning.CredentialName, login);
                }
                var plan = AgentPlanning.Plan(agent, request, policy, resident.StartIn, store, null, placeholder: null);
                agents.Add(agent);
                routes.AddRange(plan.Routes);
                notes.AddRange(plan.Notes);
            }
            catch (SandboxException exception) when (!isRunning || exception.Code != "policy_invalid")
            {
                notes.Add($"agent {name} is not set up: {exception.Message}");
            }
        }
        return (routes.Count == 0 ? policy : policy.WithProviderRoutes(routes), agents, notes);
    }

    private IAgentProvider? Provider(RunRequest request, EffectivePolicy policy)
    {
        var name = request.Agent is { } agent
            ? File.Exists(Path.Combine(directories.Agents, agent + ".md"))
                ? policy.Provider?.Value ?? agent
                : agent
            : null;
        if (name is null)
            return null;
        var provider =
            AgentProviders.Find(name)
            ?? throw new SandboxException(
                "unknown_agent",
                $"There is no agent '{name}'.",
                $"Known: {string.Join(", ", AgentProviders.All.Select(known => known.Name))}. To run a command: caisson run -- {name}"
            );
        if (provider.Unavailable is { } why)
            throw new SandboxException("not_supported", why);
        if (provider.Name != "custom" && store.State(provider.Name) is { Status: not AgentStoreStatus.Ready } state)
            throw new SandboxException(
                "agent_not_installed",
                $"{provider.Title} can't be started: {state.Why}.",
                $"caisson agent install {provider.Name}"
            );
        return provider;
    }

    /// <summary>From the flag, then the policy, then the server's setting. Never a weaker one than the policy accepts.</summary>
    private ISandboxDriver Driver(RunRequest request, EffectivePolicy policy)
    {
        var name = request.Driver ?? policy.Driver?.Value ?? defaultDriver;
        var driver =
            drivers.GetValueOrDefault(name)
            ?? throw new SandboxException(
                "not_supported",
                $"The driver '{name}' is not available in this version.",
                $"Available: {string.Join(", ", drivers.Keys)}."
            );
        if ((int)driver.Capabilities.Isolation < (int)policy.Isolation.Value)
        {
            throw new SandboxException(
                "isolation_unavailable",
                $"The policy asks for isolation '{policy.Isolation.Value.ToString().ToLowerInvariant()}' ({policy.Isolation.Origin}); the driver {name} reaches '{driver.Capabilities.Isolation.ToString().ToLowerInvariant()}'.",
                "Choose a stronger driver, or accept a lower level in the policy."
            );
        }
        return driver;
    }

    private static string WorkingDirectory(HostRepository? repository, string directory)
    {
        if (repository is null)
            return "/workspace";
        var below = Path.GetRelativePath(repository.Root, directory);
        return below is "." || below.StartsWith("..", StringComparison.Ordinal)
            ? $"/workspace/{repository.Name}"
            : $"/workspace/{repository.Name}/{below}";
    }

    private static IReadOnlyList<string> LimitLines(SandboxLimits limits, ISandboxDriver driver) =>
        [
            $"cpus {limits.Cpus}",
            $"memory {limits.MemoryBytes >> 20} MiB",
            $"processes {limits.Processes}",
            $"disk {limits.DiskBytes >> 20} MiB ({driver.Capabilities.Disk})",
            $"open files {limits.Files}",
        ];

    private static IReadOnlyList<PlanRisk> Risks(EffectivePolicy policy, string mode)
    {
        var risks = PolicyRisk
            .Of(policy)
            .Select(risk => new PlanRisk(risk.Rank.ToString().ToLowerInvariant(), risk.Name, $"{risk.Text} ({risk.Origin})"))
            .ToList();
        if (mode == "mount" && policy.Repository.Value != RepositoryMode.Mount)
            risks.Insert(
                0,
                new PlanRisk("high", "mount", "the repository itself is mounted: what agents write is written on the host (--repo)")
            );
        return risks;
    }

    /// <summary>The same input gives the same hash, so the plan that a person saw can be told from one that has changed since.</summary>
    private static string Hash(PlanResponse response, EffectivePolicy policy)
    {
        var text = JsonSerializer.Serialize(response, ApiJson.Default.PlanResponse);
        var rules = string.Join('\n', policy.Routes.Select(route => JsonSerializer.Serialize(route)));
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text + "\n" + rules)));
    }
}
