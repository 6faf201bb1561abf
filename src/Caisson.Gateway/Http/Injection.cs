using System.Text;
using Caisson.Credentials;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>What a credential's scheme sets in a request: a header, or a query parameter. Byte-exact; the value is revealed here and nowhere else.</summary>
internal sealed class Injection
{
    private readonly Secret secret;
    private readonly InjectionScheme scheme;

    public Injection(SandboxCredential credential, Secret secret)
    {
        this.secret = secret;
        scheme = credential.Scheme;
        Credential = credential.Name;
    }

    /// <summary>Name of the credential.</summary>
    public string Credential { get; }

    /// <summary>The header that is set, or null for a query parameter.</summary>
    public string? Header => HeaderOf(scheme);

    /// <summary>The query parameter that is set, or null for a header.</summary>
    public string? Parameter => ParameterOf(scheme);

    /// <summary>The header that a scheme sets, or null.</summary>
    public static string? HeaderOf(InjectionScheme scheme) =>
        scheme.Kind switch
        {
            InjectionKind.Query => null,
            InjectionKind.Header => scheme.Name,
            _ => "Authorization",
        };

    /// <summary>The query parameter that a scheme sets, or null.</summary>
    public static string? ParameterOf(InjectionScheme scheme) => scheme.Kind == InjectionKind.Query ? scheme.Name : null;

    public string HeaderValue() =>
        scheme.Kind switch
        {
            InjectionKind.Bearer => "Bearer " + secret.Reveal(),
            InjectionKind.Token => "token " + secret.Reveal(),
            InjectionKind.Basic => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(scheme.User + ":" + secret.Reveal())),
            _ => scheme.Prefix + secret.Reveal(),
        };

    /// <summary>The query with the parameter at its end, in place of the agent's own.</summary>
    /// <param name="query">Without the agent's own; with its question mark, or empty.</param>
    public string Append(string query) =>
        (query.Length > 1 ? query + "&" : "?") + Uri.EscapeDataString(scheme.Name!) + "=" + Uri.EscapeDataString(secret.Reveal());

    /// <summary>Step 5. Null with a decision where the credential cannot be had: a request is never forwarded without it.</summary>
    public static async ValueTask<(Injection? Injection, Decision? Refusal)> PrepareAsync(
        ISandboxCredentials credentials,
        SandboxCredential credential,
        CancellationToken cancellation
    )
    {
        var value = await credentials.ResolveAsync(credential.Name, cancellation);
        if (value.Secret is { IsEmpty: false } secret)
        {
            var injection = new Injection(credential, secret);
            return IsSafe(injection)
                ? (injection, null)
                : (null, Unavailable($"The value of credential {credential.Name} holds a line break or another control character.", false));
        }
        return (null, Unavailable(value.Unavailable ?? $"Credential {credential.Name} has no value.", value.Retryable));
    }

    public static Decision Unavailable(string why, bool retryable) =>
        Decisions.Deny(
            Reason.CredentialUnavailable,
            retryable ? 503 : 403,
            $"{why} The request was not sent without it.",
            retryable ? "Try again in a moment." : "Tell the operator; the request itself is allowed."
        );

    // A value with a line break would become another header.
    private static bool IsSafe(Injection injection)
    {
        if (injection.Header is null)
            return true;
        foreach (var c in injection.secret.RevealBytes())
        {
            if (c is < 0x20 or 0x7f)
                return false;
        }
        return true;
    }
}
