using System.Security.Cryptography;
using System.Text;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>
/// How browsers learn to trust the sandbox's own authority: they have roots of their own and read no system store, but each reads a policy from a
/// fixed place below <c>/etc</c>. The places are the same for all sandboxes and lead into one directory of the sandbox's own.
/// </summary>
internal static class BrowserTrust
{
    /// <summary>Below <c>/etc</c>: the directory that is a sandbox's own.</summary>
    internal const string Directory = "caisson";

    private const string Certificate = "ca.pem";
    private const string ChromiumPolicy = "chromium.json";

    /// <summary>Below <c>/etc</c>: chromeenterprise.google/policies/#CACertificates, for each build of it that has its own place.</summary>
    internal static readonly string[] ChromiumPlaces =
    [
        "chromium/policies/managed",
        "opt/chrome/policies/managed",
        "opt/chrome_for_testing/policies/managed",
    ];

    /// <summary>Below <c>/etc</c>: mozilla.github.io/policy-templates/#certificates--install.</summary>
    internal const string FirefoxPlace = "firefox/policies";

    internal const string FirefoxPolicy =
        "{\"policies\":{\"Certificates\":{\"Install\":[\"/etc/" + Directory + "/" + Certificate + "\"]}}}";

    /// <summary>Debian's start script reads every file of <c>/etc/chromium.d</c> and fails where there is none. Chromium's own sandbox needs user
    /// namespaces, which agents may not make: this one is around it already.</summary>
    internal const string DebianFlags = "export CHROMIUM_FLAGS=\"$CHROMIUM_FLAGS --no-sandbox\"\n";

    /// <summary>Links that lead from where browsers look to the sandbox's own directory.</summary>
    internal static IEnumerable<(string Link, string Target)> Links =>
        ChromiumPlaces.Select(place => ($"{place}/caisson.json", $"/etc/{Directory}/{ChromiumPolicy}"));

    /// <summary>The sandbox's own files.</summary>
    internal static IEnumerable<(string Name, byte[] Content)> Files(string authorityPem)
    {
        yield return (Certificate, Encoding.ASCII.GetBytes(authorityPem));
        if (PemEncoding.TryFind(authorityPem, out var fields))
        {
            // Chromium pretends to encrypt its ClientHello even where it can't, and what is relayed unread is decided by the name in it.
            var der = authorityPem[fields.Base64Data].ReplaceLineEndings("");
            yield return (
                ChromiumPolicy,
                Encoding.ASCII.GetBytes($$"""{"CACertificates":["{{der}}"],"EncryptedClientHelloEnabled":false}""")
            );
        }
    }
}
