using System.Net;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Tests.Upstream;

public sealed class AddressGuardTests
{
    private static readonly AddressGuard Guard = new([new IPEndPoint(IPAddress.Loopback, 7070)], TimeProvider.System);

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.0.9", "loopback")]
    [InlineData("10.1.2.3", "private")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("100.64.0.1", "carrier-grade")]
    [InlineData("100.127.255.255", "carrier-grade")]
    [InlineData("198.18.0.1", "benchmarking")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("255.255.255.255", "reserved")]
    [InlineData("0.0.0.0", "reserved")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fd12::1", "private")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("4000::1", "reserved")]
    [InlineData("::8.8.8.8", "reserved")]
    [InlineData("::ffff:10.0.0.1", "private")]
    [InlineData("64:ff9b::10.0.0.1", "private")]
    [InlineData("64:ff9b:1::10.0.0.1", "private")]
    [InlineData("2002:0a00:0001::1", "private")]
    [InlineData("2002:7f00:0001::", "loopback")]
    [InlineData("2001:0:4136:e378:8000:63bf:f5ff:fffe", "private")] // Teredo of 10.0.0.1
    public void Refuses_AddressesBesideTheInternet(string address, string kind)
    {
        var fault = Should.Throw<UpstreamFault>(() => Guard.Check("h.example", [IPAddress.Parse(address)], 443, []));

        fault.Reason.ShouldBe(Reason.PrivateAddress);
        fault.Message.ShouldContain(kind);
        fault.Message.ShouldContain("h.example");
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:0808:0808::1")]
    public void Passes_PublicAddresses(string address) => Guard.Check("h.example", [IPAddress.Parse(address)], 443, []);

    [Fact]
    public void Refuses_AName_WhenOneOfItsAddressesIsPrivate() =>
        Should
            .Throw<UpstreamFault>(() => Guard.Check("h.example", [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")], 443, []))
            .Message.ShouldContain("10.0.0.1");

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.0/8", true)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.0/8", true)]
    [InlineData("10.0.0.1", "10.1.0.0/16", false)]
    [InlineData("fd12::1", "fd12::/16", true)]
    [InlineData("127.0.0.1", "127.0.0.0/8", true)]
    public void Passes_WhatTheRouteAllows_AndNoMore(string address, string range, bool passes)
    {
        void Check() => Guard.Check("h.example", [IPAddress.Parse(address)], 443, [IPNetwork.Parse(range)]);

        if (passes)
            Check();
        else
            Should.Throw<UpstreamFault>(Check);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    public void Refuses_MetadataServices_WhateverTheRouteAllows(string address) =>
        Should
            .Throw<UpstreamFault>(() =>
                Guard.Check("h.example", [IPAddress.Parse(address)], 80, [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")])
            )
            .Message.ShouldContain("metadata");

    [Fact]
    public void Refuses_TheServersOwnListener_WhateverTheRouteOrOperatorAllows()
    {
        Should.Throw<UpstreamFault>(() => Guard.Check("h.example", [IPAddress.Loopback], 7070, [IPNetwork.Parse("127.0.0.0/8")]));
        Should.Throw<UpstreamFault>(() => Guard.CheckOwnListener("h.example", new IPEndPoint(IPAddress.Parse("::ffff:127.0.0.1"), 7070)));
        Guard.CheckOwnListener("h.example", new IPEndPoint(IPAddress.Loopback, 7071));
    }

    [Fact]
    public void Refuses_AddressesOfThisHost_AlsoPublicOnes()
    {
        var guard = new AddressGuard([], TimeProvider.System, () => [IPAddress.Parse("8.8.8.8")]);

        Should
            .Throw<UpstreamFault>(() => guard.Check("h.example", [IPAddress.Parse("8.8.8.8")], 443, []))
            .Message.ShouldContain("own address");
        guard.Check("h.example", [IPAddress.Parse("8.8.4.4")], 443, []);
    }
}
