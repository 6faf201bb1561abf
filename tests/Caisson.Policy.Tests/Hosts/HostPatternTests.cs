using Caisson.Policy.Hosts;

namespace Caisson.Policy.Tests.Hosts;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "www.example.org", false)]
    [InlineData("*.example.org", "www.example.org", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "a.b.example.org", false)]
    [InlineData("*.example.org", "wwwexample.org", false)]
    [InlineData("**.example.org", "a.b.example.org", true)]
    [InlineData("**.example.org", "www.example.org", true)]
    [InlineData("**.example.org", "example.org", false)]
    [InlineData("*.Example.ORG", "www.example.org", true)]
    [InlineData("*.0.0.1x", "127.0.0.1", false)]
    public void Matches_ByKind(string pattern, string host, bool expected) => Parse(pattern).Matches(host).ShouldBe(expected);

    [Theory]
    [InlineData("*", "every host")]
    [InlineData("**", "every host")]
    [InlineData("a.*.org", "first label")]
    [InlineData("*example.org", "first label")]
    [InlineData("*.0.0.1", "address")]
    [InlineData("example.org:443", "port")]
    [InlineData("https://example.org", "character")]
    public void Refuses(string pattern, string because)
    {
        HostPattern.TryParse(pattern, out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(because);
    }

    [Theory]
    [InlineData("**.example.org", "*.example.org", true)]
    [InlineData("**.example.org", "**.a.example.org", true)]
    [InlineData("**.example.org", "*.a.example.org", true)]
    [InlineData("*.example.org", "**.example.org", false)]
    [InlineData("*.example.org", "a.example.org", true)]
    [InlineData("a.example.org", "*.example.org", false)]
    [InlineData("**.ample.org", "*.example.org", false)]
    public void Covers(string wide, string narrow, bool expected) => Parse(wide).Covers(Parse(narrow)).ShouldBe(expected);

    private static HostPattern Parse(string text)
    {
        HostPattern.TryParse(text, out var pattern, out var problem).ShouldBeTrue(problem);
        return pattern;
    }
}
