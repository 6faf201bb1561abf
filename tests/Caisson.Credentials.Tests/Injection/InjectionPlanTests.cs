using System.Text;
using Caisson.Credentials.Injection;

namespace Caisson.Credentials.Tests.Injection;

public sealed class InjectionPlanTests
{
    private const string Placeholder = "PLACEHOLDER";
    private static readonly Secret Value = new("r3al");

    private static InjectionPlan Plan(InjectionScheme scheme, string? authorization = null) =>
        InjectionPlan.For(scheme, Value, Placeholder, authorization)!;

    [Fact]
    public void Bearer()
    {
        var plan = Plan(new InjectionScheme(InjectionKind.Bearer));
        (plan.Header, plan.Parameter, plan.HeaderValue()).ShouldBe(("Authorization", null, "Bearer r3al"));
    }

    [Fact]
    public void Token() => Plan(new InjectionScheme(InjectionKind.Token)).HeaderValue().ShouldBe("token r3al");

    [Fact]
    public void Header_WithAndWithoutPrefix()
    {
        var plain = Plan(new InjectionScheme(InjectionKind.Header, "x-api-key"));
        (plain.Header, plain.HeaderValue()).ShouldBe(("x-api-key", "r3al"));
        Plan(new InjectionScheme(InjectionKind.Header, "X-Auth", "Key ")).HeaderValue().ShouldBe("Key r3al");
    }

    [Theory]
    [InlineData(null, "robot:r3al")]
    [InlineData("Basic !!!", "robot:r3al")]
    [InlineData("Bearer x", "robot:r3al")]
    [InlineData("someone:else", "robot:r3al")]
    [InlineData("x-access-token:PLACEHOLDER", "x-access-token:r3al")]
    [InlineData("PLACEHOLDER:x-oauth-basic", "r3al:x-oauth-basic")]
    [InlineData("PLACEHOLDER:", "r3al:")]
    [InlineData("PLACEHOLDER:PLACEHOLDER", "r3al:r3al")]
    [InlineData("a:b:PLACEHOLDER", "robot:r3al")]
    public void Basic_SetsUserAndValue_OrReplacesThePlaceholderWhereItStands(string? own, string sent)
    {
        var authorization = own is null || own.Contains(' ') ? own : "basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(own));
        Plan(new InjectionScheme(InjectionKind.Basic, User: "robot"), authorization)
            .HeaderValue()
            .ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(sent)));
    }

    [Fact]
    public void Basic_IsByteExact() =>
        Plan(new InjectionScheme(InjectionKind.Basic, User: "Aladdin")).HeaderValue().ShouldBe("Basic QWxhZGRpbjpyM2Fs");

    [Theory]
    [InlineData("", "?key=r3al")]
    [InlineData("?", "?key=r3al")]
    [InlineData("?a=1", "?a=1&key=r3al")]
    [InlineData("?key=PLACEHOLDER", "?key=r3al")]
    [InlineData("?key=1&a=%2F+x&KEY=2&k%65y=3&key", "?a=%2F+x&key=r3al")]
    [InlineData("?a=1&b=key", "?a=1&b=key&key=r3al")]
    public void Query_RemovesTheAgentsOwn_AndKeepsTheRest(string query, string sent)
    {
        var plan = Plan(new InjectionScheme(InjectionKind.Query, "key"));
        (plan.Header, plan.Parameter).ShouldBe((null, "key"));
        plan.RewriteQuery(query).ShouldBe(sent);
    }

    [Fact]
    public void Query_EncodesTheValueForItsPlace() =>
        InjectionPlan
            .For(new InjectionScheme(InjectionKind.Query, "k"), new Secret("a&b=c d/ü"), Placeholder)!
            .RewriteQuery("")
            .ShouldBe("?k=a%26b%3Dc%20d%2F%C3%BC");

    [Theory]
    [InlineData("a\r\nx-other: b")]
    [InlineData("a\0")]
    public void AValue_NeverBecomesAnotherHeader(string value)
    {
        InjectionPlan.For(new InjectionScheme(InjectionKind.Bearer), new Secret(value), Placeholder).ShouldBeNull();
        InjectionPlan.For(new InjectionScheme(InjectionKind.Header, "x"), new Secret(value), Placeholder).ShouldBeNull();
    }

    [Fact]
    public void ThePlanItself_PrintsNoValue() => $"{Plan(new InjectionScheme(InjectionKind.Bearer))}".ShouldBe("***");
}
