namespace Caisson.Agents;

/// <summary>
/// Makes every common TLS stack trust the sandbox's own authority by variable; the system's and Java's stores are the driver's to fill.
/// </summary>
public static class CaTrust
{
    private static readonly string[] Names =
    [
        "NODE_EXTRA_CA_CERTS",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "CODEX_CA_CERTIFICATE",
        "AWS_CA_BUNDLE",
        "PIP_CERT",
        "CARGO_HTTP_CAINFO",
        "DENO_CERT",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    ];

    /// <param name="bundle">Inside the sandbox: PEM with the public roots and the sandbox's authority. Most of these replace the roots, so both must be in.</param>
    public static IEnumerable<KeyValuePair<string, string>> Variables(string bundle) =>
        Names.Select(name => KeyValuePair.Create(name, bundle));
}
