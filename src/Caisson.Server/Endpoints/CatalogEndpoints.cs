using System.Reflection;
using Caisson.Agents;
using Caisson.Agents.Store;
using Caisson.Api;
using Caisson.Credentials;
using Caisson.Credentials.Store;
using Caisson.Sandboxes;
using Caisson.Workspaces;
using Caisson.Workspaces.Store;

namespace Caisson.Server.Endpoints;

/// <summary>Version, agents and the credential store.</summary>
internal static class CatalogEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/version", Version);
        api.MapGet(
            "/agents",
            (WorkspaceServices services) => new AgentList([.. AgentProviders.All.Select(provider => Agent(provider, services.Agents))])
        );
        api.MapPost("/agents/{name}/install", InstallAsync);
        api.MapGet("/credentials", (WorkspaceServices services) => Credentials(services.Credentials));
        api.MapPut("/credentials/{name}", SetCredential);
        api.MapDelete("/credentials/{name}", RemoveCredential);
    }

    private static VersionResponse Version()
    {
        var text =
            typeof(CatalogEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        var parts = text.Split('+', 2);
        return new VersionResponse(parts[0], parts.Length == 2 ? parts[1] : "unknown", "v1", Database.SchemaVersion);
    }

    private static async Task<AgentResponse> InstallAsync(string name, WorkspaceServices services, CancellationToken cancellation)
    {
        var provider =
            AgentProviders.Find(name)
            ?? throw new SandboxException(
                "unknown_agent",
                $"There is no agent '{name}'.",
                $"Known: {string.Join(", ", AgentProviders.All.Select(known => known.Name))}."
            );
        if (provider.Unavailable is { } why)
            throw new SandboxException("not_supported", why);
        var result = await services.Agents.InstallAsync(name, progress: null, cancellation);
        return result.Error is { } error ? throw new SandboxException("install_failed", error) : Agent(provider, services.Agents);
    }

    private static CredentialList Credentials(CredentialStore store) =>
        new([.. store.List().Select(credential => new CredentialResponse(credential.Name, credential.Changed))]);

    private static CredentialResponse SetCredential(string name, CredentialValueRequest request, WorkspaceServices services)
    {
        if (services.Credentials.Set(name, new Secret(request.Value)).Problem is { } problem)
            throw new SandboxException("invalid_request", problem);
        return Credentials(services.Credentials).Items.First(credential => credential.Name == name);
    }

    private static CredentialList RemoveCredential(string name, WorkspaceServices services) =>
        services.Credentials.Remove(name).Problem is { } problem
            ? throw new SandboxException("unknown_credential", problem, "caisson credential list")
            : Credentials(services.Credentials);

    private static AgentResponse Agent(IAgentProvider provider, AgentStore store)
    {
        var state = store.State(provider.Name);
        return new AgentResponse
        {
            Name = provider.Name,
            Pinned = state.Version,
            Installed = state.Status == AgentStoreStatus.Ready ? state.Version : null,
            Architecture = AgentLock.MachineArchitecture,
            State =
                provider.Unavailable is not null ? "not_available"
                : provider.Name == "custom" ? "ready"
                : state.Status == AgentStoreStatus.Broken ? $"broken ({state.Why})"
                : state.Status switch
                {
                    AgentStoreStatus.Ready => "ready",
                    AgentStoreStatus.NotInstalled => "not_installed",
                    _ => "not_available",
                },
            Files = [.. provider.FilesWritten.Select(file => $"~/{file}")],
            Routes = provider.Hosts,
            Abilities =
            [
                .. Enum.GetValues<AgentAbilities>()
                    .Where(ability => ability != AgentAbilities.None && provider.Abilities.HasFlag(ability))
                    .Select(ability => ability.ToString().ToLowerInvariant()),
            ],
        };
    }
}
