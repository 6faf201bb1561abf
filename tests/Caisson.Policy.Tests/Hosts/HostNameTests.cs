using Caisson.Policy.Hosts;

namespace Caisson.Policy.Tests.Hosts;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("example.org", "example.org", null)]
    [InlineData("EXAMPLE.Org.", "example.org", null)]
    [InlineData("example.org:8443", "example.org", 8443)]
    [InlineData("example.org.:443", "example.org", 443)]
    [InlineData("_acme.example.org", "_acme.example.org", null)]
    [InlineData("münchen.example", "xn--mnchen-3ya.example", null)]
    [InlineData("MÜNCHEN.example", "xn--mnchen-3ya.example", null)]
    [InlineData("localhost", "localhost", null)]
    public void Canonicalises_Names(string text, string host, int? port) =>
        HostName.Canonicalise(text).ShouldBe(new CanonicalHost(host, false, port, null));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("2130706433", "127.0.0.1")]
    [InlineData("0x7f000001", "127.0.0.1")]
    [InlineData("0x7F.1", "127.0.0.1")]
    [InlineData("0177.0.0.01", "127.0.0.1")]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("127.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1.", "127.0.0.1")]
    [InlineData("0", "0.0.0.0")]
    [InlineData("[::1]", "::1")]
    [InlineData("::1", "::1")]
    [InlineData("[0:0:0:0:0:0:0:1]", "::1")]
    [InlineData("[2001:DB8::A]", "2001:db8::a")]
    [InlineData("::ffff:169.254.169.254", "169.254.169.254")]
    [InlineData("[::ffff:a9fe:a9fe]", "169.254.169.254")]
    public void Canonicalises_AddressesInEverySpelling(string text, string host)
    {
        HostName.Canonicalise(text).ShouldBe(new CanonicalHost(host, true, null, null));
        HostName.IsLiteral(host).ShouldBeTrue();
    }

    [Fact]
    public void Canonicalises_AnAddressWithPort() =>
        HostName.Canonicalise("[::1]:8080").ShouldBe(new CanonicalHost("::1", true, 8080, null));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "empty")]
    [InlineData("a..b", "empty label")]
    [InlineData("example.org\0.evil.example", "NUL")]
    [InlineData("user@example.org", "user-info")]
    [InlineData("example%2eorg", "percent")]
    [InlineData("fe80::1%eth0", "percent")]
    [InlineData("example.org/x", "character")]
    [InlineData("exa mple.org", "space")]
    [InlineData("-x.example.org", "hyphen")]
    [InlineData("1.2.3.256", "number")]
    [InlineData("1.2.3.4.5", "number")]
    [InlineData("example.1", "number")]
    [InlineData("4294967296", "number")]
    [InlineData("09.0.0.1", "number")]
    [InlineData("[::1", "bracket")]
    [InlineData("[::1]x", "bracket")]
    [InlineData("[1.2.3.4]", "IPv6")]
    [InlineData("1:2:3", "IPv6")]
    [InlineData("example.org:", "port")]
    [InlineData("example.org:0", "port")]
    [InlineData("example.org:65536", "port")]
    [InlineData("example.org:+80", "port")]
    [InlineData("ex\u2044ample.org", "international")]
    [InlineData("ex\u200bample.org", "international")]
    public void Refuses_WhatIsNoHost(string text, string because)
    {
        var host = HostName.Canonicalise(text);
        host.IsValid.ShouldBeFalse();
        host.Problem!.ShouldContain(because);
    }

    [Fact]
    public void Refuses_LongNames()
    {
        HostName.Canonicalise(new string('a', 64) + ".example").Problem!.ShouldContain("63");
        HostName.Canonicalise(string.Join('.', Enumerable.Repeat("abcdefgh", 29))).Problem!.ShouldContain("253");
        HostName.Canonicalise(new string('a', 601)).IsValid.ShouldBeFalse();
    }

    [Fact]
    public void Returns_TheSameStringForACanonicalName()
    {
        var text = "api.example.org";
        HostName.Canonicalise(text).Host.ShouldBeSameAs(text);
    }
}
