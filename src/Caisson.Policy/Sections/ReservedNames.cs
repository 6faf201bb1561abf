using System.Collections.Frozen;

namespace Caisson.Policy.Sections;

/// <summary>Names that Caisson sets or keeps for itself.</summary>
public static class ReservedNames
{
    private static readonly FrozenSet<string> Variables = new[]
    {
        "NODE_EXTRA_CA_CERTS",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "CODEX_CA_CERTIFICATE",
        "AWS_CA_BUNDLE",
        "PIP_CERT",
        "CARGO_HTTP_CAINFO",
        "DENO_CERT",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The host that answers inside the sandbox only.</summary>
    public const string InternalHost = "caisson.internal";

    /// <summary>Why a policy can't set the variable, in words that fit behind "the variable", or null.</summary>
    public static string? WhyNotVariable(string name)
    {
        if (name.StartsWith("CAISSON_", StringComparison.Ordinal))
            return "begins with CAISSON_, which Caisson sets itself";
        if (name is "SSH_AUTH_SOCK")
            return "would bring a host's agent into the sandbox, which no policy can";
        return Variables.Contains(name) ? "is set by Caisson itself, so that tools trust the gateway" : null;
    }
}
