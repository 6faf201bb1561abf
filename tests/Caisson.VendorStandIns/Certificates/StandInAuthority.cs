using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caisson.VendorStandIns.Certificates;

/// <summary>A certificate authority made for one run, which issues a leaf for each server name that a client asks for.</summary>
public sealed class StandInAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    private readonly ConcurrentDictionary<string, X509Certificate2> leaves = new(StringComparer.OrdinalIgnoreCase);
    private readonly ECDsa key;
    private readonly X509Certificate2 certificate;
    private readonly DateTimeOffset start;

    private StandInAuthority(X509Certificate2 certificate, ECDsa key)
    {
        this.certificate = certificate;
        this.key = key;
        start = new DateTimeOffset(certificate.NotBefore);
    }

    public static StandInAuthority Create(TimeProvider time)
    {
        var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Vendor stand-in CA (tests only)", signer, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var from = time.GetUtcNow().AddHours(-1);
        return new StandInAuthority(request.CreateSelfSigned(from, from + Lifetime), signer);
    }

    /// <summary>What <see cref="ExportWithKey"/> wrote, for clients that have to trust it before the stand-ins run.</summary>
    public static StandInAuthority Import(string pem)
    {
        var signer = ECDsa.Create();
        signer.ImportFromPem(pem);
        return new StandInAuthority(X509Certificate2.CreateFromPem(pem, pem), signer);
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string Pem => certificate.ExportCertificatePem() + "\n";

    public string ExportWithKey() => Pem + key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>A leaf for <paramref name="serverName"/>; <c>localhost</c> where the client sent none.</summary>
    public X509Certificate2 LeafFor(string? serverName) =>
        leaves.GetOrAdd(string.IsNullOrEmpty(serverName) ? "localhost" : serverName, Issue);

    private X509Certificate2 Issue(string name)
    {
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        using var issued = request.Create(certificate, start, start + Lifetime - TimeSpan.FromHours(1), RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(leafKey);
    }

    public void Dispose()
    {
        foreach (var leaf in leaves.Values)
            leaf.Dispose();
        certificate.Dispose();
        key.Dispose();
    }
}
