using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>The authority of the test upstreams, made anew in each run.</summary>
internal sealed class TestAuthority
{
    private readonly X509Certificate2 certificate;

    public TestAuthority(string name = "Test upstream authority")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(1));
        File = Path.GetTempFileName();
        System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
    }

    public static TestAuthority Shared { get; } = new();

    public string File { get; }

    public X509Certificate2 Issue(string host, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] &= 0x7f;
        return request.Create(certificate, from ?? now.AddDays(-1), to ?? now.AddDays(30), serial).CopyWithPrivateKey(key);
    }
}
