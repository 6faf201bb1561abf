using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caisson.Gateway.Tls;

/// <summary>
/// Makes and keeps the certificates that a sandbox sees. All leaves of a sandbox share one key, so that a new one costs a signature and no key
/// generation; they live and die together anyway.
/// </summary>
internal sealed class LeafIssuer(SandboxAuthority authority, TimeProvider time) : IDisposable
{
    /// <summary>Certificates kept per sandbox.</summary>
    public const int Capacity = 1024;

    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    // A connection may last for hours; nobody should be handed a certificate that is about to end.
    private static readonly TimeSpan RenewedBefore = TimeSpan.FromHours(6);

    private static readonly OidCollection ServerAuthentication = [new Oid("1.3.6.1.5.5.7.3.1")];

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Leaf>> leaves = new(StringComparer.Ordinal);
    private readonly LinkedList<Leaf> byUse = new();

    /// <summary>The certificate for a canonical host, newly made or kept.</summary>
    public SslStreamCertificateContext For(string host)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (leaves.TryGetValue(host, out var known))
            {
                byUse.Remove(known);
                if (known.Value.Renewal > now)
                {
                    byUse.AddFirst(known);
                    return known.Value.Context;
                }
                leaves.Remove(host);
            }
            var leaf = new Leaf(host, Issue(host, now), now + Life - Backdated - RenewedBefore);
            leaves[host] = byUse.AddFirst(leaf);
            if (leaves.Count > Capacity && byUse.Last is { } oldest)
            {
                // Not disposed: a handshake may be under way with it. The finaliser frees it.
                byUse.RemoveLast();
                leaves.Remove(oldest.Value.Host);
            }
            return leaf.Context;
        }
    }

    public void Dispose() => key.Dispose();

    private SslStreamCertificateContext Issue(string host, DateTimeOffset now)
    {
        // The subject stays empty where the name is too long for a common name (64); clients look at the SAN, which is critical then.
        var name = new X500DistinguishedNameBuilder();
        if (host.Length <= 64)
            name.AddCommonName(host);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ServerAuthentication, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority.PublicCertificate, true, includeIssuerAndSerial: false)
        );
        var alternative = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            alternative.AddIpAddress(address);
        else
            alternative.AddDnsName(host);
        request.CertificateExtensions.Add(alternative.Build(critical: host.Length > 64));
        using var certificate = request.Create(
            authority.PublicCertificate.SubjectName,
            authority.Signature,
            now - Backdated,
            now - Backdated + Life,
            SandboxAuthority.SerialNumber()
        );
        return SslStreamCertificateContext.Create(certificate.CopyWithPrivateKey(key), [authority.PublicCertificate], offline: true);
    }

    private sealed record Leaf(string Host, SslStreamCertificateContext Context, DateTimeOffset Renewal);
}
