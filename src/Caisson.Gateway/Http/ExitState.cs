using Caisson.Credentials;
using Caisson.Credentials.Masking;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>What decides at one moment: replaced as a whole when the policy or the credentials change.</summary>
internal sealed class ExitState(RouteTable routes, ISandboxCredentials credentials)
{
    private volatile KnownSecretMask mask = KnownSecretMask.None;

    public RouteTable Routes => routes;
    public ISandboxCredentials Credentials => credentials;
    public PlaceholderSearch Placeholders { get; } = new(credentials.All);

    /// <summary>A path as it may be recorded: without known secrets, should a program have put one there.</summary>
    public string Mask(string path) => mask.Mask(path);

    /// <summary>What is known to be secret at present.</summary>
    public KnownSecretMask Secrets => mask;

    /// <summary>Learns the present values, to keep them out of records.</summary>
    public async Task LearnSecretsAsync(CancellationToken cancellation)
    {
        var secrets = new List<Secret>();
        foreach (var credential in credentials.All)
        {
            if ((await credentials.ResolveAsync(credential.Name, cancellation)).Secret is { IsEmpty: false } secret)
                secrets.Add(secret);
        }
        mask = new KnownSecretMask(secrets);
    }
}
