using Caisson.Policy.Decisions;
using static Caisson.Policy.Tests.Decisions.Given;

namespace Caisson.Policy.Tests.Decisions;

public sealed class ConnectionTests
{
    private static RequestFacts Connection(string host, int port = 443, RequestProtocol protocol = RequestProtocol.Http, bool tls = true) =>
        new()
        {
            Protocol = protocol,
            Host = host,
            Port = port,
            Tls = tls,
        };

    private static ConnectionDecision Decide(Route route, RequestFacts facts) => RouteTable.Compile([route]).DecideConnection(facts);

    [Fact]
    public void Inspects_AnHttpRoute()
    {
        var found = Decide(Route("example.org"), Connection("example.org"));
        found.Action.ShouldBe(ConnectionAction.Inspect);
        found.Decision.Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void Inspects_ADeniedName_SoThatItsClientReadsWhy()
    {
        var found = Decide(Route("example.org"), Connection("other.net", 8443));
        found.Action.ShouldBe(ConnectionAction.Inspect);
        found.Decision.Reason.ShouldBe(Reason.NoRoute);
    }

    [Theory]
    [InlineData("1.1.1.1", 443, ConnectionAction.Inspect)]
    [InlineData("1.1.1.1", 80, ConnectionAction.Inspect)]
    [InlineData("1.1.1.1", 8443, ConnectionAction.Refuse)]
    [InlineData("2606:4700::1111", 443, ConnectionAction.Inspect)]
    public void AnswersALiteral_OnWebPortsOnly(string host, int port, ConnectionAction action)
    {
        var found = Decide(Route("example.org"), Connection(host, port) with { IsLiteral = true });
        found.Action.ShouldBe(action);
        found.Decision.Reason.ShouldBe(Reason.RawIp);
    }

    [Fact]
    public void Refuses_UnreadableBytesWithoutARoute()
    {
        var found = Decide(Route("example.org"), Connection("other.net", 5432, RequestProtocol.Tcp, false));
        found.Action.ShouldBe(ConnectionAction.Refuse);
        found.Decision.Verdict.ShouldBe(Verdict.Deny);
    }

    [Theory]
    [InlineData(RequestProtocol.Tcp)]
    [InlineData(RequestProtocol.Ssh)]
    public void Refuses_OtherBytesOnAnHttpRoute(RequestProtocol protocol)
    {
        var found = Decide(Route("example.org"), Connection("example.org", 443, protocol, false));
        found.Action.ShouldBe(ConnectionAction.Refuse);
        found.Decision.Reason.ShouldBe(Reason.ProtocolMismatch);
    }

    [Fact]
    public void Relays_ATcpRoute_WhateverTheBytes()
    {
        var route = Route("db.example.org") with { Protocol = RouteProtocol.Tcp, Ports = [5432] };
        Decide(route, Connection("db.example.org", 5432, RequestProtocol.Tcp, false)).Action.ShouldBe(ConnectionAction.Relay);
        Decide(route, Connection("db.example.org", 5432)).Action.ShouldBe(ConnectionAction.Relay);
        RouteTable.Compile([route]).IsOpaque("db.example.org", 5432).ShouldBeTrue();
        RouteTable.Compile([route]).IsOpaque("db.example.org", 443).ShouldBeFalse();
    }

    [Fact]
    public void Passes_TlsUnopened_WhereTheRouteSaysSo()
    {
        var route = Route("example.org") with { Tls = TlsMode.Passthrough };
        Decide(route, Connection("example.org")).Action.ShouldBe(ConnectionAction.Passthrough);
        Decide(route, Connection("example.org", 80, tls: false)).Action.ShouldBe(ConnectionAction.Inspect);
    }

    [Fact]
    public void RelaysNothing_ThatADenyEntryCouldConcern()
    {
        var wide = Route("**.example.org") with { Deny = [Rule(PathMatch.Prefix, "/admin")] };
        var narrow = Route("api.example.org") with { Tls = TlsMode.Passthrough };
        var found = RouteTable.Compile([wide, narrow]).DecideConnection(Connection("api.example.org"));
        found.Action.ShouldBe(ConnectionAction.Inspect);
        found.Decision.Reason.ShouldBe(Reason.RuleDenied);
        var elsewhere = narrow with { Ports = [8443] };
        RouteTable
            .Compile([wide, elsewhere])
            .DecideConnection(Connection("api.example.org", 8443))
            .Action.ShouldBe(ConnectionAction.Passthrough);
    }
}
