using Caisson.Agents;
using Caisson.Api;
using Caisson.Credentials;
using Caisson.Credentials.Store;
using Caisson.Identity;
using Caisson.Sandboxes;
using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Documentation;
using Caisson.Storage;
using Caisson.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>Version, agents and the credential store.</summary>
internal static class CatalogEndpoints
{
    internal static void Map(RouteGroupBuilder routes)
    {
        routes = routes.MapGroup("").WithTags("Installation");
        routes.MapGet("/version", Version).SignedIn().Is("getVersion", "Version of the server").Gives<VersionResponse>();
        var api = routes.MapGroup("").Requires(Permission.SandboxesAll);
        api.MapGet("/agents", (WorkspaceServices services) => new AgentList([.. AgentCatalog.List(services.Agents).Select(Agent)]))
            .Is("listAgents", "Lists the agents that Caisson knows")
            .Gives<AgentList>();
        api.MapPost("/agents/{name}/install", InstallAsync)
            .Is("installAgent", "Downloads and verifies an agent")
            .Gives<AgentResponse>()
            .FailsWith("unknown_agent", "not_supported", "install_failed");
        api.MapGet("/credentials", (WorkspaceServices services) => Credentials(services.Credentials))
            .Is("listCredentials", "Lists the names in the encrypted store")
            .Gives<CredentialList>();
        api.MapPut("/credentials/{name}", SetCredential)
            .Is("setCredential", "Puts a value into the encrypted store; it is never shown again")
            .Gives<CredentialResponse>();
        api.MapDelete("/credentials/{name}", RemoveCredential)
            .Is("removeCredential", "Removes a value from the encrypted store")
            .Gives<CredentialList>()
            .FailsWith("unknown_credential");
    }

    private static VersionResponse Version(ServerOptions options)
    {
        var build = BuildInformation.Of(typeof(CatalogEndpoints).Assembly);
        return new VersionResponse(
            build.Version,
            build.Commit,
            build.Built,
            "v1",
            Database.SchemaVersion,
            options.Listen is { } listen ? $"http://{listen}" : null
        );
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
        return result.Error is { } error
            ? throw new SandboxException("install_failed", error)
            : Agent(AgentCatalog.List(services.Agents).First(agent => agent.Name == provider.Name));
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

    private static AgentResponse Agent(AgentListing agent) =>
        new()
        {
            Name = agent.Name,
            Pinned = agent.PinnedVersion,
            Installed = agent.InstalledVersion,
            Architecture = agent.Architecture,
            State = agent is { State: "broken", Why: { } why } ? $"broken ({why})" : agent.State,
            Files = [.. agent.Files.Select(file => $"~/{file}")],
            Routes = agent.Hosts,
            Abilities = agent.Abilities,
        };
}
