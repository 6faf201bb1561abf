using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Caisson.Gateway;

/// <summary>
/// The certificate authority of one sandbox: made at its launch, trusted inside it alone, gone with it. The private key lives in this process'
/// memory; outside it exists only sealed, so that a restarted gateway can go on serving running agents.
/// </summary>
public sealed class SandboxAuthority : IDisposable
{
    private const byte SealVersion = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // An authority outlives every sandbox it is made for; its end is the sandbox's, not the certificate's.
    private static readonly TimeSpan Life = TimeSpan.FromDays(825);
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly ECDsa key;

    private SandboxAuthority(string sandboxId, X509Certificate2 certificate, ECDsa key)
    {
        SandboxId = sandboxId;
        this.key = key;
        PublicCertificate = certificate;
        CertificatePem = certificate.ExportCertificatePem();
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        Signature = X509SignatureGenerator.CreateForECDsa(key);
    }

    public string SandboxId { get; }

    /// <summary>The certificate alone, PEM, to be trusted inside the sandbox.</summary>
    public string CertificatePem { get; }

    /// <summary>SHA-256 of the certificate, 64 lower-case hex digits, as shown in the plan.</summary>
    public string Fingerprint { get; }

    /// <summary>Without the private key.</summary>
    internal X509Certificate2 PublicCertificate { get; }

    internal X509SignatureGenerator Signature { get; }

    /// <summary>Makes a new authority with an ECDSA P-256 key.</summary>
    public static SandboxAuthority Create(string sandboxId, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sandboxId);
        var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName($"Caisson {(sandboxId.Length > 40 ? sandboxId[..40] : sandboxId)}");
        var request = new CertificateRequest(name.Build(), own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subjectKey));
        var now = time.GetUtcNow();
        var generator = X509SignatureGenerator.CreateForECDsa(own);
        var certificate = request.Create(request.SubjectName, generator, now - Backdated, now + Life, SerialNumber());
        return new SandboxAuthority(sandboxId, certificate, own);
    }

    /// <summary>Certificate and key, encrypted with AES-256-GCM and tied to the sandbox' id.</summary>
    /// <param name="sealingKey">32 bytes, the server's own.</param>
    /// <returns>Version (1 byte), nonce (12), tag (16), cipher text.</returns>
    public byte[] Seal(ReadOnlySpan<byte> sealingKey)
    {
        var certificate = PublicCertificate.RawData;
        var pkcs8 = key.ExportPkcs8PrivateKey();
        var plain = new byte[4 + certificate.Length + pkcs8.Length];
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(plain, certificate.Length);
            certificate.CopyTo(plain, 4);
            pkcs8.CopyTo(plain, 4 + certificate.Length);
            var box = new byte[1 + NonceBytes + TagBytes + plain.Length];
            box[0] = SealVersion;
            var nonce = box.AsSpan(1, NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            using var aes = new AesGcm(sealingKey, TagBytes);
            aes.Encrypt(nonce, plain, box.AsSpan(1 + NonceBytes + TagBytes), box.AsSpan(1 + NonceBytes, TagBytes), Binding(SandboxId));
            return box;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">Another key, another sandbox, or changed bytes.</exception>
    public static SandboxAuthority Unseal(string sandboxId, ReadOnlySpan<byte> sealingKey, ReadOnlySpan<byte> box)
    {
        if (box.Length < 1 + NonceBytes + TagBytes + 4 || box[0] != SealVersion)
            throw new CryptographicException("The sealed certificate authority is not of a form that this version knows.");
        var plain = new byte[box.Length - 1 - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(sealingKey, TagBytes);
            aes.Decrypt(
                box.Slice(1, NonceBytes),
                box[(1 + NonceBytes + TagBytes)..],
                box.Slice(1 + NonceBytes, TagBytes),
                plain,
                Binding(sandboxId)
            );
            var length = BinaryPrimitives.ReadInt32BigEndian(plain);
            var own = ECDsa.Create();
            own.ImportPkcs8PrivateKey(plain.AsSpan(4 + length), out _);
            return new SandboxAuthority(sandboxId, X509CertificateLoader.LoadCertificate(plain.AsSpan(4, length)), own);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public void Dispose()
    {
        key.Dispose();
        PublicCertificate.Dispose();
    }

    /// <summary>16 random bytes, positive (RFC 5280, 4.1.2.2).</summary>
    internal static byte[] SerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private static byte[] Binding(string sandboxId) => Encoding.UTF8.GetBytes("caisson-authority-1:" + sandboxId);
}
