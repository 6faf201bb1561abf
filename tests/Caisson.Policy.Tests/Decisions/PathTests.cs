using Caisson.Policy.Decisions;
using Caisson.Policy.Decisions.Paths;
using static Caisson.Policy.Tests.Decisions.Given;

namespace Caisson.Policy.Tests.Decisions;

public sealed class PathTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//a", "/a")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/../../b", "/b")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/", "/a/")]
    [InlineData("/%7euser/%41", "/~user/A")]
    [InlineData("/%2e%2e/a", "/a")]
    [InlineData("/a%2fb%20", null)]
    [InlineData("/a%20b%c3%bc", "/a%20b%C3%BC")]
    [InlineData("/ü", "/%C3%BC")]
    [InlineData("/a;v=1/b", "/a;v=1/b")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/...", "/...")]
    [InlineData("*", "*")]
    public void Normalises(string path, string? expected)
    {
        var normal = NormalPath.Of(path);
        if (expected is null)
            normal.Problem.ShouldNotBeNull();
        else
            normal.Forward.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/a%2Fb", "encoded slash")]
    [InlineData("/a%5cb", "encoded backslash")]
    [InlineData("/a\\b", "backslash")]
    [InlineData("/a%00", "NUL")]
    [InlineData("/a%c3%28", "UTF-8")]
    [InlineData("/a%c0%af", "UTF-8")]
    [InlineData("/a%ff", "UTF-8")]
    [InlineData("/a%", "escape")]
    [InlineData("/a%2", "escape")]
    [InlineData("/a%zz", "escape")]
    [InlineData("/a%252fb", "doubly")]
    [InlineData("/a/%252e%252e/b", "doubly")]
    [InlineData("/a%25252f", "doubly")]
    [InlineData("/a/..;x/b", "parameters")]
    [InlineData("/a/%2e%2e;x/b", "parameters")]
    [InlineData("a/b", "start")]
    [InlineData("/a\u0001", "character")]
    public void Refuses_AnAmbiguousPath_OnARouteWithPathRules(string path, string because)
    {
        var route = Route("example.org", Rule(PathMatch.Prefix, "/a"));
        var decision = route.Decide(Get("example.org", path));
        decision.Reason.ShouldBe(Reason.AmbiguousPath);
        decision.Status.ShouldBe(400);
        decision.Message.ShouldContain(because);
        Route("example.org").Decide(Get("example.org", path)).Verdict.ShouldBe(Verdict.Allow, "without path rules nothing is ambiguous");
    }

    [Fact]
    public void Refuses_HalfACharacter() => NormalPath.Of("/a\ud800").Problem.ShouldBe("is not valid Unicode");

    [Theory]
    [InlineData(PathMatch.Prefix, "/docs", "/docs", true)]
    [InlineData(PathMatch.Prefix, "/docs", "/docs/x", true)]
    [InlineData(PathMatch.Prefix, "/docs", "/docsx", false)]
    [InlineData(PathMatch.Prefix, "/docs/", "/docs", false)]
    [InlineData(PathMatch.Prefix, "/docs/", "/docs/x", true)]
    [InlineData(PathMatch.Prefix, "/", "/anything", true)]
    [InlineData(PathMatch.Prefix, "/docs", "/Docs", false)]
    [InlineData(PathMatch.Prefix, "/ü", "/%C3%BC/x", true)]
    [InlineData(PathMatch.Prefix, "/a!b", "/a%21b", true)]
    [InlineData(PathMatch.Prefix, "/docs", "/docs/../secret", false)]
    [InlineData(PathMatch.Exact, "/docs", "/docs", true)]
    [InlineData(PathMatch.Exact, "/docs", "/docs/", false)]
    [InlineData(PathMatch.Exact, "/docs", "/x/../docs", true)]
    [InlineData(PathMatch.Glob, "/repos/*/issues", "/repos/a/issues", true)]
    [InlineData(PathMatch.Glob, "/repos/*/issues", "/repos/a/b/issues", false)]
    [InlineData(PathMatch.Glob, "/repos/**/issues", "/repos/a/b/issues", true)]
    [InlineData(PathMatch.Glob, "/v?/x", "/v1/x", true)]
    [InlineData(PathMatch.Glob, "/v?/x", "/v//x", false)]
    [InlineData(PathMatch.Glob, "/a.b", "/aXb", false)]
    [InlineData(PathMatch.Regex, "/v[0-9]+/x", "/v12/x", true)]
    [InlineData(PathMatch.Regex, "/v[0-9]+/x", "/v12/xy", false)]
    [InlineData(PathMatch.Regex, "/a|/ab", "/ab", true)]
    [InlineData(PathMatch.Regex, "/a|/b", "/bad", false)]
    public void Matches_ByType(PathMatch type, string value, string path, bool expected) =>
        Route("example.org", Rule(type, value)).Decide(Get("example.org", path)).Verdict.ShouldBe(expected ? Verdict.Allow : Verdict.Deny);

    [Fact]
    public void Forwards_TheFormThatWasJudged() =>
        Route("example.org", Rule(PathMatch.Prefix, "/docs"))
            .Decide(Get("example.org", "/x/..//docs/%7ea%c3%bc"))
            .ForwardPath.ShouldBe("/docs/~a%C3%BC");

    [Theory]
    [InlineData(PathMatch.Regex, "(?=a)b", "look-around")]
    [InlineData(PathMatch.Regex, "(a)\\1", "look-around")]
    [InlineData(PathMatch.Regex, "a)|(?:b", "valid")]
    [InlineData(PathMatch.Prefix, "docs", "start")]
    [InlineData(PathMatch.Exact, "/a%2fb", "encoded slash")]
    public void Refuses_ABadCondition(PathMatch type, string value, string because)
    {
        PathMatcher.TryCompile(new PathRule(type, value), out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(because);
    }

    [Fact]
    public void Refuses_APatternOver256Characters()
    {
        PathMatcher.TryCompile(new PathRule(PathMatch.Regex, new string('a', 257)), out _, out _).ShouldBeFalse();
        PathMatcher.TryCompile(new PathRule(PathMatch.Regex, new string('a', 256)), out _, out _).ShouldBeTrue();
    }
}
