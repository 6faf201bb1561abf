using Caisson.Credentials;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>What decides at one moment: replaced as a whole when the policy or the credentials change.</summary>
internal sealed class ExitState(RouteTable routes, ISandboxCredentials credentials)
{
    public RouteTable Routes => routes;
    public ISandboxCredentials Credentials => credentials;
    public PlaceholderSearch Placeholders { get; } = new(credentials.All);
}
