using Caisson.Credentials;
using Caisson.Credentials.Injection;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>Step 5: the value of a credential, planned into the request that will leave. A request never leaves without it.</summary>
/// <param name="Credential">Its name, for the record.</param>
/// <param name="Plan">What is set. Holds the value.</param>
internal sealed record Injection(string Credential, InjectionPlan Plan)
{
    /// <returns>Exactly one of the two.</returns>
    public static async ValueTask<(Injection? Injection, Decision? Refusal)> PrepareAsync(
        ExitRequest request,
        SandboxCredential credential,
        CancellationToken cancellation
    )
    {
        var value = await request.State.Credentials.ResolveAsync(credential.Name, cancellation);
        if (value.Secret is not { IsEmpty: false } secret)
            return (null, Unavailable(value.Unavailable ?? $"Credential {credential.Name} has no value.", value.Retryable));
        var own = request.Context.Request.Headers.Authorization;
        var plan = InjectionPlan.For(credential.Scheme, secret, credential.Placeholder, own.Count == 1 ? own[0] : null);
        if (plan is null)
            return (
                null,
                Unavailable($"The value of credential {credential.Name} holds a line break or another control character.", false)
            );
        // The agent's half of a Basic header stays; it must not hold another credential's placeholder.
        if (credential.Scheme.Kind == InjectionKind.Basic && request.State.Placeholders.FindInBasic(plan.HeaderValue()) is { } other)
            return (
                null,
                CredentialUse.Misuse(other.Name, "has its placeholder in the other half of a Basic header, where nothing replaces it")
            );
        return (new Injection(credential.Name, plan), null);
    }

    public static Decision Unavailable(string why, bool retryable) =>
        Decisions.Deny(
            Reason.CredentialUnavailable,
            retryable ? 503 : 403,
            $"{why} The request was not sent without it.",
            retryable ? "Try again in a moment." : "Tell the operator; the request itself is allowed."
        );

    /// <summary>Never the value.</summary>
    public override string ToString() => Credential;
}
