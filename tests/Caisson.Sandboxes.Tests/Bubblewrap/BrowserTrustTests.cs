using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>Where browsers look for their policy lies the sandbox's own authority, and nobody inside can put another one there.</summary>
public sealed class BrowserTrustTests : IAsyncDisposable
{
    private readonly SandboxLab lab = new();

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task PoliciesNameTheSandboxesOwnAuthority()
    {
        using var certificate = Authority();
        var sandbox = await lab.StartAsync(lab.Spec() with { AuthorityPem = certificate.ExportCertificatePem() });

        foreach (
            var place in new[] { "chromium/policies/managed", "opt/chrome/policies/managed", "opt/chrome_for_testing/policies/managed" }
        )
        {
            var policy = JsonNode.Parse(await sandbox.OutputAsync($"cat /etc/{place}/*.json"))!;
            Convert.FromBase64String((string)policy["CACertificates"]![0]!).ShouldBe(certificate.RawData);
        }
        var firefox = JsonNode.Parse(await sandbox.OutputAsync("cat /etc/firefox/policies/policies.json"))!;
        var file = (string)firefox["policies"]!["Certificates"]!["Install"]![0]!;
        using var installed = X509Certificate2.CreateFromPem(await sandbox.OutputAsync($"cat {file}"));
        installed.RawData.ShouldBe(certificate.RawData);
    }

    [Fact]
    public async Task NobodyInside_CanChangeThem()
    {
        var sandbox = await lab.StartAsync();
        const string attempt =
            "for place in /etc/caisson /etc/chromium/policies/managed /etc/firefox/policies /etc/chromium.d; do (echo x >$place/mine) 2>/dev/null && echo $place; done; true";
        (await sandbox.OutputAsync(attempt)).ShouldBeEmpty();
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=lab", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
