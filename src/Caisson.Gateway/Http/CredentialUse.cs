using Caisson.Credentials;
using Caisson.Credentials.Binds;
using Caisson.Credentials.Injection;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>Step 4 for credentials: each may be used only where it is bound, and its placeholder may be nowhere else.</summary>
internal static class CredentialUse
{
    /// <param name="request">With its decision.</param>
    /// <param name="headers">As the agent sent them.</param>
    /// <param name="injected">The credential that the decision names, or null.</param>
    /// <returns>Null, or the denial.</returns>
    public static Decision? Check(ExitRequest request, IHeaderDictionary headers, SandboxCredential? injected)
    {
        var facts = request.Facts;
        if (injected is not null && !BindMatcher.Allows(injected, facts.Host, facts.Port, facts.Path, facts.Method))
            return Misuse(injected, $"is bound to other destinations than {facts.Method} {facts.Host}:{facts.Port}{Shorten(facts.Path)}");
        var search = request.State.Placeholders;
        if (search.IsEmpty)
            return null;
        if (search.Find(facts.Path) is { } inPath)
            return Misuse(inPath, "has its placeholder in the request's path, where nothing replaces it");
        var parameter = injected is null ? null : InjectionPlan.ParameterOf(injected.Scheme);
        var query = parameter is null ? facts.Query : InjectionPlan.WithoutParameter(facts.Query, parameter);
        if (search.Find(query) is { } inQuery)
            return Misuse(inQuery, "has its placeholder in the request's query, where nothing replaces it");
        if (search.Find(headers, injected is null ? null : InjectionPlan.HeaderOf(injected.Scheme)) is { } inHeader)
            return Misuse(inHeader.Credential, $"has its placeholder in {Shorten(inHeader.Header)}, where nothing replaces it");
        return null;
    }

    /// <summary>Whether a bind means the host and port of a request, whatever its path and method.</summary>
    public static bool CoversHost(CredentialBind bind, RequestFacts facts) =>
        (bind.Port ?? 443) == facts.Port && HostPattern.TryParse(bind.Host, out var pattern, out _) && pattern.Matches(facts.Host);

    /// <summary>The denial for a placeholder that was found in a body.</summary>
    public static Decision InBody(string credential) =>
        Misuse(credential, "has its placeholder in the request's body, and it is for another host");

    private static Decision Misuse(SandboxCredential credential, string what) => Misuse(credential.Name, what);

    public static Decision Misuse(string credential, string what) =>
        Decisions.Deny(
            Reason.PlaceholderMisuse,
            403,
            $"Credential {credential} {what}. A placeholder only stands for its value where the policy binds it.",
            "Send the credential the usual way to the host that it is for.",
            "Ask the operator to bind the credential to this destination if it belongs there."
        );

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
