using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Gateway.Tls;

namespace Caisson.Gateway.Tests.Tls;

public sealed class SandboxAuthorityTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void Makes_AnAuthority_ThatStrictClientsAccept()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        var certificate = X509Certificate2.CreateFromPem(authority.CertificatePem);

        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        (constraints.Critical, constraints.CertificateAuthority).ShouldBe((true, true));
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single();
        (usage.Critical, usage.KeyUsages).ShouldBe((true, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign));
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().ShouldHaveSingleItem();
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().ShouldHaveSingleItem();
        certificate.GetECDsaPublicKey()!.KeySize.ShouldBe(256);
        authority.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)));
        certificate.HasPrivateKey.ShouldBeFalse();
    }

    [Theory]
    [InlineData("api.example.com")]
    [InlineData("203.0.113.9")]
    [InlineData("2001:db8::1")]
    [InlineData("a-label-of-some-length.and-another-one.and-a-third.that-is-longer-than-64.example.com")]
    public void Makes_Leaves_ThatOpensslVerifiesStrictly(string host)
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        using var issuer = new LeafIssuer(authority, TimeProvider.System);
        var leaf = issuer.For(host).TargetCertificate;

        var constraints = leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        (constraints.Critical, constraints.CertificateAuthority).ShouldBe((true, false));
        leaf.Extensions.OfType<X509KeyUsageExtension>().Single().Critical.ShouldBeTrue();
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value.ShouldBe("1.3.6.1.5.5.7.3.1");
        leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>().ShouldHaveSingleItem();
        leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().ShouldHaveSingleItem();
        leaf.MatchesHostname(host).ShouldBeTrue();
        (leaf.NotAfter - leaf.NotBefore).ShouldBe(TimeSpan.FromHours(24));
        Verify(authority, leaf, host).ShouldContain(": OK");
    }

    [Fact]
    public void Starts_Leaves_OneHourInThePast_AndRenewsThemBeforeTheyEnd()
    {
        var time = new ManualTime();
        using var authority = SandboxAuthority.Create("sb1", time);
        using var issuer = new LeafIssuer(authority, time);

        var first = issuer.For("h.example");
        (time.GetUtcNow() - new DateTimeOffset(first.TargetCertificate.NotBefore)).TotalMinutes.ShouldBeInRange(59, 61);
        issuer.For("h.example").ShouldBeSameAs(first);
        time.Advance(TimeSpan.FromHours(18));
        issuer.For("h.example").ShouldNotBeSameAs(first);
    }

    [Fact]
    public void Keeps_TheThousandAndTwentyFourLeavesUsedLast()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        using var issuer = new LeafIssuer(authority, TimeProvider.System);
        var first = issuer.For("h0.example");
        var second = issuer.For("h1.example");
        for (var i = 2; i < LeafIssuer.Capacity; i++)
            issuer.For($"h{i}.example");
        issuer.For("h0.example").ShouldBeSameAs(first);

        issuer.For("one-more.example");

        issuer.For("h0.example").ShouldBeSameAs(first);
        issuer.For("h1.example").ShouldNotBeSameAs(second);
    }

    [Fact]
    public void Opens_WhatItSealed_AsTheSameAuthority()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        var box = authority.Seal(Key);

        using var again = SandboxAuthority.Unseal("sb1", Key, box);

        again.CertificatePem.ShouldBe(authority.CertificatePem);
        using var issuer = new LeafIssuer(again, TimeProvider.System);
        Verify(authority, issuer.For("h.example").TargetCertificate, "h.example").ShouldContain(": OK");
    }

    [Fact]
    public void Refuses_ABox_OfAnotherKeyOrSandbox_OrChangedBytes()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        var box = authority.Seal(Key);

        Should.Throw<CryptographicException>(() => SandboxAuthority.Unseal("sb1", RandomNumberGenerator.GetBytes(32), box));
        Should.Throw<CryptographicException>(() => SandboxAuthority.Unseal("sb2", Key, box));
        for (var at = 0; at < box.Length; at += 37)
        {
            var changed = (byte[])box.Clone();
            changed[at] ^= 1;
            Should.Throw<CryptographicException>(() => SandboxAuthority.Unseal("sb1", Key, changed));
        }
        Should.Throw<CryptographicException>(() => SandboxAuthority.Unseal("sb1", Key, box.AsSpan(0, 20)));
    }

    private static string Verify(SandboxAuthority authority, X509Certificate2 leaf, string host)
    {
        var folder = Directory.CreateTempSubdirectory("caisson-ca-");
        try
        {
            var ca = Path.Combine(folder.FullName, "ca.pem");
            var pem = Path.Combine(folder.FullName, "leaf.pem");
            File.WriteAllText(ca, authority.CertificatePem);
            File.WriteAllText(pem, leaf.ExportCertificatePem());
            var name = IPAddress.TryParse(host, out _) ? "-verify_ip" : "-verify_hostname";
            var start = new ProcessStartInfo("openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, name, host, pem])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            return process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
