namespace Caisson.Credentials;

/// <summary>The credentials of one sandbox: which placeholder stands for which, and how each is injected. Thread-safe.</summary>
public interface ISandboxCredentials
{
    /// <summary>The credential by its name in the policy, or null where the policy has none of that name.</summary>
    SandboxCredential? Find(string name);

    IReadOnlyCollection<SandboxCredential> All { get; }

    /// <summary>The present value, or why there is none. Reads changed files anew; never throws for an expected failure.</summary>
    ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation);
}

/// <param name="Name">As in the policy.</param>
/// <param name="Placeholder">What stands inside the sandbox instead of the value: random, shaped as the client expects, unique per sandbox.</param>
/// <param name="Scheme">How the value is put into a request.</param>
/// <param name="Binds">Where it may go.</param>
public sealed record SandboxCredential(string Name, string Placeholder, InjectionScheme Scheme, IReadOnlyList<CredentialBind> Binds);

/// <summary>Exactly one of the two is set.</summary>
/// <param name="Secret">The value.</param>
/// <param name="Unavailable">Why there is none, naming the credential and its source, never a value.</param>
/// <param name="Retryable">Whether trying again later can help: 503 instead of 403.</param>
public readonly record struct CredentialValue(Secret? Secret, string? Unavailable = null, bool Retryable = false);

/// <summary>Schemes that are available now; the others are refused by the validator by name.</summary>
public enum InjectionKind
{
    /// <summary><c>Authorization: Bearer v</c></summary>
    Bearer,

    /// <summary><c>Authorization: token v</c></summary>
    Token,

    /// <summary><c>Authorization: Basic base64(user:v)</c></summary>
    Basic,

    /// <summary>A header of the given name, with an optional prefix before the value.</summary>
    Header,

    /// <summary>A query parameter of the given name.</summary>
    Query,
}

/// <param name="Kind">What is set.</param>
/// <param name="Name">Header or query parameter, for <see cref="InjectionKind.Header"/> and <see cref="InjectionKind.Query"/>.</param>
/// <param name="Prefix">For <see cref="InjectionKind.Header"/>: what stands before the value.</param>
/// <param name="User">For <see cref="InjectionKind.Basic"/>.</param>
public sealed record InjectionScheme(InjectionKind Kind, string? Name = null, string? Prefix = null, string? User = null);

/// <param name="Host">Exact host, or a pattern as in routes.</param>
/// <param name="Port">Null: 443 only.</param>
/// <param name="PathPrefix">Null: every path. At a segment boundary.</param>
/// <param name="Methods">Null: every method. <c>read</c> already expanded, upper case.</param>
public sealed record CredentialBind(string Host, int? Port = null, string? PathPrefix = null, IReadOnlyList<string>? Methods = null);
