using Caisson.Credentials.Launch;
using Caisson.Credentials.Placeholders;
using Caisson.Credentials.Sources;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials;

/// <summary>
/// The credentials of one sandbox. Values are found anew for each use, so a change in any source counts from the next request; answers to prompts live
/// in memory only. Placeholders are given back by <see cref="Placeholders"/>, to be kept with the sandbox, so that one that is re-adopted after a
/// restart keeps them.
/// </summary>
public sealed class SandboxCredentials : ISandboxCredentials
{
    private readonly Dictionary<string, (CredentialSpec Spec, SandboxCredential Public, Secret? Prompted)> credentials = new(
        StringComparer.Ordinal
    );
    private readonly CredentialResolver resolver;

    /// <param name="specs">From the effective policy.</param>
    /// <param name="answers">To prompts, by the keys of <see cref="LaunchQuestion"/>.</param>
    /// <param name="placeholders">By credential: kept ones, or those an agent provider shapes itself. The others are made here.</param>
    public SandboxCredentials(
        IReadOnlyList<CredentialSpec> specs,
        CredentialResolver resolver,
        IReadOnlyDictionary<string, Secret> answers,
        IReadOnlyDictionary<string, string> placeholders
    )
    {
        this.resolver = resolver;
        foreach (var spec in specs)
        {
            var placeholder = placeholders.GetValueOrDefault(spec.Name) ?? Placeholder.Create(Placeholder.ShapeOf(spec));
            var scheme = new InjectionScheme(KindOf(spec.Scheme), spec.FieldName, spec.Prefix, spec.User);
            var binds = spec.Bind.Select(bind => new CredentialBind(
                bind.Host,
                bind.Port,
                bind.PathPrefix,
                bind.Methods.Count == 0 ? null : bind.Methods
            ));
            var shown = new SandboxCredential(spec.Name, placeholder, scheme, [.. binds]);
            credentials[spec.Name] = (spec, shown, answers.GetValueOrDefault(LaunchQuestion.KeyOf(spec)));
        }
        All = [.. credentials.Values.Select(entry => entry.Public)];
        Placeholders = All.ToDictionary(credential => credential.Name, credential => credential.Placeholder, StringComparer.Ordinal);
    }

    public IReadOnlyCollection<SandboxCredential> All { get; }

    /// <summary>By credential. No secret.</summary>
    public IReadOnlyDictionary<string, string> Placeholders { get; }

    public SandboxCredential? Find(string name) => credentials.TryGetValue(name, out var entry) ? entry.Public : null;

    public ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation) =>
        ValueTask.FromResult(
            credentials.TryGetValue(name, out var entry)
                ? resolver.Resolve(entry.Spec, entry.Prompted)
                : new CredentialValue(null, $"The policy has no credential {name}.")
        );

    /// <summary>
    /// Before the agent starts: why required credentials have no value, one sentence each, so that the first request already carries the real one.
    /// Empty: all is there.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> CheckRequiredAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        foreach (var (spec, _, _) in credentials.Values.Where(entry => entry.Spec.Required))
        {
            var value = await ResolveAsync(spec.Name, cancellation);
            if (value.Secret is null)
                problems.Add(value.Unavailable!);
        }
        return problems;
    }

    /// <summary>The values known now, for masks. Those that can't be had are left out.</summary>
    public async ValueTask<IReadOnlyList<Secret>> KnownSecretsAsync(CancellationToken cancellation)
    {
        var secrets = new List<Secret>();
        foreach (var name in credentials.Keys)
        {
            if ((await ResolveAsync(name, cancellation)).Secret is { } secret)
                secrets.Add(secret);
        }
        return secrets;
    }

    private static InjectionKind KindOf(CredentialScheme scheme) =>
        scheme switch
        {
            CredentialScheme.Bearer => InjectionKind.Bearer,
            CredentialScheme.Token => InjectionKind.Token,
            CredentialScheme.Basic => InjectionKind.Basic,
            CredentialScheme.Header => InjectionKind.Header,
            _ => InjectionKind.Query,
        };
}
