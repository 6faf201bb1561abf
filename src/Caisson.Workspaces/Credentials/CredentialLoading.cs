using Caisson.Credentials;
using Caisson.Sandboxes;
using Caisson.Workspaces.Planning;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Credentials;

/// <summary>The credentials of one sandbox, resolved before its agent gets control.</summary>
/// <param name="Credentials">For the gateway.</param>
/// <param name="Placeholders">Credential name to placeholder.</param>
internal sealed record LoadedCredentials(ISandboxCredentials Credentials, IReadOnlyDictionary<string, string> Placeholders);

internal sealed class CredentialLoading
{
    internal Task<LoadedCredentials> LoadAsync(string sandboxId, RunPlan plan, CancellationToken cancellation) =>
        plan.Policy.Credentials.Count > 0
            ? throw new SandboxException("not_supported", sandboxId)
            : Task.FromResult(new LoadedCredentials(new None(), new Dictionary<string, string>(StringComparer.Ordinal)));

    internal Task<LoadedCredentials> AdoptAsync(SandboxRecord record, RunPlan plan, CancellationToken cancellation) => LoadAsync(record.Id, plan, cancellation);

    private sealed class None : ISandboxCredentials
    {
        public IReadOnlyCollection<SandboxCredential> All => [];

        public SandboxCredential? Find(string name) => null;

        public ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
