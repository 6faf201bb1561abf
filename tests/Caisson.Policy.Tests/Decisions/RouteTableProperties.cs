using Caisson.Policy.Decisions;
using Caisson.Policy.Decisions.Paths;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Policy.Tests.Decisions;

public sealed class RouteTableProperties
{
    private static readonly string[] Labels = ["a", "b", "org"];
    private static readonly string[] Segments = ["x", "y", "z"];

    private static readonly Gen<string> Host = Gen.Choose(1, 4)
        .SelectMany(count => Gen.Elements(Labels).ArrayOf(count))
        .Select(labels => string.Join('.', labels));

    private static readonly Gen<string> Pattern = from front in Gen.Elements("", "", "*.", "**.") from host in Host select front + host;

    private static readonly Gen<string> Path = Gen.Choose(0, 3)
        .SelectMany(count => Gen.Elements(Segments).ArrayOf(count))
        .Select(segments => "/" + string.Join('/', segments));

    private static readonly Gen<MatchRule> Rule =
        from count in Gen.Choose(0, 2)
        from types in Gen.Elements(PathMatch.Prefix, PathMatch.Exact).ArrayOf(count)
        from values in Path.ArrayOf(count)
        from methods in Gen.SubListOf("GET", "POST", "PUT")
        select new MatchRule
        {
            Paths = [.. types.Zip(values, (type, value) => new PathRule(type, value))],
            Methods = [.. methods],
            Origin = Given.At(1),
        };

    private static readonly Gen<Route> Route =
        from host in Pattern
        from matches in Gen.Choose(0, 2)
        from match in Rule.ArrayOf(matches)
        from denials in Gen.Choose(0, 1)
        from deny in Rule.ArrayOf(denials)
        from ports in Gen.Elements<int[]>([80], [443], [80, 443])
        select new Route
        {
            Host = host,
            Match = match,
            Deny = deny,
            Ports = ports,
            Origin = Given.At(1),
        };

    private static readonly Gen<RequestFacts> Request =
        from host in Host
        from path in Path
        from method in Gen.Elements("GET", "POST", "PUT")
        from port in Gen.Elements(80, 443)
        select Given.Get(host, path, method, port);

    [Fact]
    public void Agrees_WithAPlainReadingOfTheRules() =>
        Prop.ForAll(
                Gen.Choose(0, 6).SelectMany(count => Route.ArrayOf(count)).Zip(Request.ArrayOf(20)).ToArbitrary(),
                pair =>
                {
                    var table = RouteTable.Compile(pair.Item1);
                    return Array.TrueForAll(
                        pair.Item2,
                        facts => table.Decide(facts).Verdict == Verdict.Allow == Oracle.Allows(pair.Item1, facts)
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void ADenyEntry_NeverAllowsMore() =>
        Prop.ForAll(
                Gen.Choose(1, 5).SelectMany(count => Route.ArrayOf(count)).Zip(Rule.Zip(Request)).ToArbitrary(),
                pair =>
                {
                    var (routes, (deny, facts)) = pair;
                    Route[] tightened = [routes[0] with { Deny = [.. routes[0].Deny, deny] }, .. routes[1..]];
                    var after = RouteTable.Compile(tightened).Decide(facts).Verdict;
                    return after != Verdict.Allow || RouteTable.Compile(routes).Decide(facts).Verdict == Verdict.Allow;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void ANormalPath_IsItsOwnNormalForm()
    {
        var piece = Gen.Elements("/", ".", "..", "//", "a", "%2e", "%41", "%c3%bc", "%20", "ü", "~", ";x", "%25", "%2541", "+", " ");
        var path = Gen.Choose(0, 8).SelectMany(count => piece.ArrayOf(count)).Select(pieces => "/" + string.Concat(pieces));
        Prop.ForAll(
                path.ToArbitrary(),
                text =>
                {
                    var once = NormalPath.Of(text);
                    if (once.Problem is not null)
                        return true;
                    var twice = NormalPath.Of(once.Forward);
                    var segments = once.Decoded.Split('/');
                    return twice == once && !segments.Contains("..") && !segments.Contains(".") && !once.Forward.Contains("//");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
