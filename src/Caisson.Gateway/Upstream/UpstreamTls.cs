using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Upstream;

/// <summary>Verifies upstream certificates, always, against the system's roots and those that the operator added.</summary>
internal static class UpstreamTls
{
    public static SslClientAuthenticationOptions Options(X509Certificate2Collection extraRoots) =>
        new()
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
                Verify(((SslStream)sender).TargetHostName, certificate as X509Certificate2, chain, errors, extraRoots),
        };

    /// <summary>Reads the certificates of a PEM file.</summary>
    /// <exception cref="InvalidDataException">There are none, or the file cannot be read; the message names file and cause.</exception>
    public static X509Certificate2Collection Load(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidDataException($"The CA file {file} cannot be read: {e.Message}", e);
        }
        return certificates.Count > 0
            ? certificates
            : throw new InvalidDataException($"The CA file {file} holds no PEM certificate (-----BEGIN CERTIFICATE-----).");
    }

    private static bool Verify(
        string host,
        X509Certificate2? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection extraRoots
    )
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            throw Invalid(host, "it sent no certificate");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw Invalid(host, "its certificate is for another host");
        var status = chain?.ChainStatus ?? [];
        if (extraRoots.Count > 0 && IsTrustedBy(extraRoots, certificate, chain, out status))
            return true;
        throw Invalid(host, Describe(status, certificate));
    }

    private static bool IsTrustedBy(
        X509Certificate2Collection roots,
        X509Certificate2 certificate,
        X509Chain? sent,
        out X509ChainStatus[] status
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        var trusted = chain.Build(certificate);
        status = chain.ChainStatus;
        return trusted;
    }

    private static string Describe(X509ChainStatus[] status, X509Certificate2 certificate)
    {
        var all = X509ChainStatusFlags.NoError;
        foreach (var entry in status)
            all |= entry.Status;
        if (all.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return $"its certificate, or one above it, is expired or not yet valid (the server's own is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd})";
        if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            return "its certificate is self-signed";
        if (all.HasFlag(X509ChainStatusFlags.UntrustedRoot) || all.HasFlag(X509ChainStatusFlags.PartialChain))
            return "its certificate comes from an authority that is not trusted";
        if (all.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            return "its certificate is not meant for servers";
        return $"its certificate does not verify ({all})";
    }

    /// <summary>The fault of a handshake that failed before or after the certificate.</summary>
    public static UpstreamFault HandshakeFault(string host, AuthenticationException exception)
    {
        var words = exception.ToString();
        var old =
            words.Contains("unsupported protocol", StringComparison.OrdinalIgnoreCase)
            || words.Contains("protocol version", StringComparison.OrdinalIgnoreCase)
            || words.Contains("ProtocolVersion", StringComparison.Ordinal)
            || words.Contains("wrong version", StringComparison.OrdinalIgnoreCase);
        return Invalid(host, old ? "it does not speak TLS 1.2 or newer" : "the TLS handshake failed");
    }

    public static UpstreamFault Invalid(string host, string fault) =>
        new(
            Reason.UpstreamTlsInvalid,
            502,
            $"{host} is allowed, but {fault} (stage: TLS). Caisson never forwards to an upstream that it cannot verify.",
            "If this host has a private authority, ask the operator to name its certificate in upstream_ca of the route.",
            "There is no switch to turn this check off."
        );
}
