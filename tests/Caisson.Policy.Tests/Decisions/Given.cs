using Caisson.Policy.Decisions;

namespace Caisson.Policy.Tests.Decisions;

/// <summary>Short forms for routes and requests.</summary>
internal static class Given
{
    public static Origin At(int line) => new(Layer.Policy, "base.md", line, 1);

    public static Route Route(string host, params MatchRule[] match) =>
        new()
        {
            Host = host,
            Match = match,
            Origin = At(7),
        };

    public static MatchRule Rule(PathMatch type, string value, params string[] methods) =>
        new()
        {
            Paths = [new PathRule(type, value)],
            Methods = methods,
            Origin = At(9),
        };

    public static MatchRule Methods(params string[] methods) => new() { Methods = methods, Origin = At(9) };

    public static RequestFacts Get(string host, string path = "/", string method = "GET", int port = 443, string query = "") =>
        new()
        {
            Protocol = RequestProtocol.Http,
            Host = host,
            Port = port,
            Tls = port == 443,
            Method = method,
            Path = path,
            Query = query,
        };

    public static Decision Decide(this Route route, RequestFacts facts) => RouteTable.Compile([route]).Decide(facts);
}
