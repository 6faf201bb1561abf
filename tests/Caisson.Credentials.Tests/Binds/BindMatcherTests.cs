using Caisson.Credentials.Binds;

namespace Caisson.Credentials.Tests.Binds;

public sealed class BindMatcherTests
{
    [Theory]
    [InlineData("api.example", 443, "/x", "GET", true)]
    [InlineData("api.example", 80, "/x", "GET", false)]
    [InlineData("other.example", 443, "/x", "GET", false)]
    public void AHostAlone_MeansPort443_AndEverythingThere(string host, int port, string path, string method, bool expected) =>
        BindMatcher.Allows(new CredentialBind("api.example"), host, port, path, method).ShouldBe(expected);

    [Theory]
    [InlineData("/api", "GET", true)]
    [InlineData("/api/x", "get", true)]
    [InlineData("/x/../api/y", "GET", true)]
    [InlineData("/apix", "GET", false)]
    [InlineData("/api/../admin", "GET", false)]
    [InlineData("/api/%2e%2e/admin", "GET", false)]
    [InlineData("/api%2f..%2fadmin", "GET", false)]
    [InlineData("/api", "POST", false)]
    public void PathAndMethods_Limit(string path, string method, bool expected) =>
        BindMatcher.Allows(new CredentialBind("*.example", 8443, "/api", ["GET"]), "a.example", 8443, path, method).ShouldBe(expected);
}
