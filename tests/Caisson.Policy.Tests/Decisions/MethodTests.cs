using Caisson.Policy.Decisions;
using static Caisson.Policy.Tests.Decisions.Given;

namespace Caisson.Policy.Tests.Decisions;

public sealed class MethodTests
{
    [Fact]
    public void Compares_WithoutCase() =>
        Route("example.org", Methods("GET")).Decide(Get("example.org", method: "get")).Verdict.ShouldBe(Verdict.Allow);

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("x-http-method")]
    [InlineData("X-Method-Override")]
    [InlineData("X_HTTP_Method_Override")]
    public void Denies_AnOverrideHeader_WhereMethodsAreLimited(string header)
    {
        var facts = Get("example.org") with { Headers = [new(header, "DELETE")] };
        Route("example.org", Methods("GET")).Decide(facts).Message.ShouldContain(header);
        Route("example.org").Decide(facts).Verdict.ShouldBe(Verdict.Allow);
    }

    [Theory]
    [InlineData("?_method=DELETE")]
    [InlineData("?a=1&_method=DELETE")]
    [InlineData("?a=1;_METHOD=DELETE")]
    [InlineData("?%5fmethod=DELETE")]
    [InlineData("?_method[]=DELETE")]
    [InlineData("?x-http-method-override=PUT")]
    public void Denies_AnOverrideParameter_WhereMethodsAreLimited(string query)
    {
        Route("example.org", Methods("GET")).Decide(Get("example.org", query: query)).Reason.ShouldBe(Reason.RuleDenied);
        Route("example.org").Decide(Get("example.org", query: query)).Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void Denies_AnOverride_AlsoWhereOnlyADenyEntryNamesMethods()
    {
        var route = Route("example.org") with { Deny = [Methods("DELETE")] };
        route.Decide(Get("example.org", query: "?_method=DELETE")).Reason.ShouldBe(Reason.RuleDenied);
    }

    [Fact]
    public void ReadingMethods_DoNotAllowAWebSocket()
    {
        var socket = Get("example.org") with { Protocol = RequestProtocol.WebSocket };
        Route("example.org").Decide(socket).Verdict.ShouldBe(Verdict.Allow);
        Route("example.org", Methods("GET", "HEAD", "OPTIONS")).Decide(socket).Message.ShouldContain("WebSocket carries data out");
        Route("example.org", Methods("GET", "POST")).Decide(socket).Verdict.ShouldBe(Verdict.Allow);
        (Route("example.org", Methods("GET")) with { Protocol = RouteProtocol.WebSocket }).Decide(socket).Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public void ADenyOfWriting_HoldsForAWebSocketToo()
    {
        var route = Route("example.org") with { Deny = [Methods("POST", "PUT")] };
        route.Decide(Get("example.org") with { Protocol = RequestProtocol.WebSocket }).Verdict.ShouldBe(Verdict.Deny);
    }

    [Fact]
    public void Refuses_AnotherProtocol()
    {
        var route = Route("example.org") with { Protocol = RouteProtocol.WebSocket };
        var decision = route.Decide(Get("example.org"));
        decision.Reason.ShouldBe(Reason.ProtocolMismatch);
        decision.Message.ShouldBe("The route for example.org port 443 is for WebSocket, and this is HTTP.");
        Route("example.org").Decide(Get("example.org") with { Protocol = RequestProtocol.Tcp }).Reason.ShouldBe(Reason.ProtocolMismatch);
    }
}
