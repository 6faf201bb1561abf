using System.Text.Json.Nodes;
using Caisson.Identity.Oidc;
using static Caisson.Identity.Tests.Oidc.TokenForge;

namespace Caisson.Identity.Tests.Oidc;

public sealed class TokenCheckTests : IDisposable
{
    private readonly TokenForge forge = new();

    public void Dispose() => forge.Dispose();

    [Theory]
    [InlineData("RS256", "rsa")]
    [InlineData("RS384", "rsa")]
    [InlineData("RS512", "rsa")]
    [InlineData("PS256", "rsa")]
    [InlineData("PS256", "locked")]
    [InlineData("ES256", "p256")]
    [InlineData("ES384", "p384")]
    public void Believes_AGoodToken_OfEachAlgorithm(string algorithm, string kid)
    {
        var result = IdToken(forge.Sign(Claims(), algorithm, kid));

        result.Problem.ShouldBeNull();
        result.Subject.ShouldBe("7");
    }

    [Fact]
    public void Believes_ATokenForSeveral_WhenItWasMadeForUs()
    {
        var claims = Claims();
        claims["aud"] = new JsonArray("other", Client);
        claims["azp"] = Client;
        IdToken(forge.Sign(claims)).Problem.ShouldBeNull();
    }

    [Fact]
    public void Allows_AMinuteBetweenTheClocks()
    {
        var claims = Claims();
        claims["exp"] = Now.AddSeconds(-59).ToUnixTimeSeconds();
        claims["iat"] = Now.AddSeconds(59).ToUnixTimeSeconds();
        claims["nbf"] = Now.AddSeconds(59).ToUnixTimeSeconds();
        IdToken(forge.Sign(claims)).Problem.ShouldBeNull();
    }

    /// <summary>What is changed in a good token, and what has to be said about it.</summary>
    public static TheoryData<string, string> BadTokens { get; } =
        new()
        {
            { "empty", "no signed token" },
            { "two parts", "no signed token" },
            { "four parts", "no signed token" },
            { "padding", "no signed token" },
            { "claims are a list", "no signed token" },
            { "header is no JSON", "no signed token" },
            { "claim twice", "no signed token" },
            { "no alg", "no signed token" },
            { "alg none", "alg: none" },
            { "alg none, no signature", "no signed token" },
            { "alg HS256 by the public key", "alg: HS256" },
            { "alg PS512", "alg: PS512" },
            { "alg in lower case", "alg: rs256" },
            { "crit", "crit" },
            { "other key's kid", "signature" },
            { "unknown kid", "kid: is no key" },
            { "kid of an encryption key", "kid: is no key" },
            { "kid of a symmetric key", "kid: is no key" },
            { "no kid of many", "kid: is missing" },
            { "foreign signature", "signature" },
            { "key for another algorithm", "signature" },
            { "claims changed after signing", "signature" },
            { "signature cut", "signature" },
            { "iss missing", "iss" },
            { "iss with a slash more", "iss" },
            { "iss in upper case", "iss" },
            { "aud missing", "aud" },
            { "aud of another", "aud" },
            { "aud a prefix", "aud" },
            { "aud of several without azp", "azp" },
            { "azp of another", "azp" },
            { "azp no text", "azp" },
            { "exp missing", "exp" },
            { "exp passed", "exp" },
            { "exp as text", "exp" },
            { "nbf to come", "nbf" },
            { "nbf as text", "nbf" },
            { "iat missing", "iat" },
            { "iat to come", "iat" },
            { "nonce missing", "nonce" },
            { "nonce of another login", "nonce" },
            { "sub missing", "sub" },
            { "sub empty", "sub" },
            { "sub a number", "sub" },
        };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public void Refuses_ABadToken(string what, string problem)
    {
        var result = IdToken(Bad(what));

        result.Subject.ShouldBeNull();
        result.Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void Believes_ALogoutToken_ThatIsOne()
    {
        var result = Logout(LogoutClaims());
        result.Problem.ShouldBeNull();
        (result.Subject, result.Session, result.Id).ShouldBe(("7", "s-1", "j-1"));
    }

    [Theory]
    [InlineData("nonce", "\"n\"", "nonce")]
    [InlineData("events", null, "events")]
    [InlineData("events", "{}", "events")]
    [InlineData("events", "{\"http://schemas.openid.net/event/backchannel-logout\":true}", "events")]
    [InlineData("jti", null, "jti")]
    [InlineData("iat", "1000", "iat")]
    [InlineData("exp", null, "exp")]
    [InlineData("iss", "\"https://evil.example\"", "iss")]
    [InlineData("aud", "\"other\"", "aud")]
    public void Refuses_ABadLogoutToken(string claim, string? value, string problem)
    {
        var claims = LogoutClaims();
        claims.Remove(claim);
        if (value is not null)
            claims[claim] = JsonNode.Parse(value);
        Logout(claims).Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void Refuses_ALogoutToken_OfNobody_AndAnIdTokenInItsPlace()
    {
        var claims = LogoutClaims();
        claims.Remove("sub");
        claims.Remove("sid");
        Logout(claims).Problem.ShouldBe("sub and sid: are missing");
        Logout(Claims()).Problem.ShouldNotBeNull();
        Logout(LogoutClaims(), new JsonObject { ["typ"] = "at+jwt" }).Problem.ShouldBe("typ: is no logout token");
    }

    [Fact]
    public void APerson_IsWhatTheProviderAndItsRulesSay()
    {
        Person(Options).Person.ShouldNotBeNull().Address.ShouldBe("a.bee@example.com");
        Person(Options with { AllowedDomains = ["example.org"] }).Problem.ShouldBe("email: its domain is not allowed");
        Person(Options with { RequiredGroup = "admins" }).Problem.ShouldBe("groups: the required one is missing");
        Person(Options with { RequiredGroup = "staff" }).Problem.ShouldBeNull();
        Person(Options).Person!.Granted.ShouldBeNull();
        var map = new Dictionary<string, string> { ["staff"] = "operator", ["admins"] = "admin" };
        Person(Options with { RoleMap = map }).Person!.Granted.ShouldBe(["operator"]);

        var unverified = Claims();
        unverified["email_verified"] = false;
        Person(Options, unverified).Problem.ShouldBe("email_verified: is not true");
        Person(Options with { RequireVerifiedEmail = false }, unverified).Problem.ShouldBeNull();
        unverified.Remove("email_verified");
        Person(Options, unverified).Problem.ShouldBe("email_verified: is not true");
        var nameless = Claims();
        nameless["email"] = "a@b@example.com";
        Person(Options, nameless).Problem.ShouldNotBeNull().ShouldStartWith("email: at position");
    }

    [Theory]
    [InlineData("/w/1?a=b", "/w/1?a=b")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/a\\b", "/")]
    [InlineData("/a\nb", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public void AfterLogin_OnlyOurOwnPathsAreGoneTo(string? next, string path) => OidcAttempts.LocalPath(next).ShouldBe(path);

    private IdTokenResult IdToken(string text) =>
        SignedToken.Read(text, out var problem) is { } token
            ? TokenCheck.IdToken(token, forge.Keys, Options, "n-1", Now)
            : new IdTokenResult(null, default, problem);

    private LogoutTokenResult Logout(JsonObject claims, JsonObject? header = null) =>
        TokenCheck.LogoutToken(SignedToken.Read(forge.Sign(claims, header: header), out _)!, forge.Keys, Options, Now);

    private (OidcPerson? Person, string? Problem) Person(OidcProviderOptions options, JsonObject? claims = null)
    {
        var token = SignedToken.Read(forge.Sign(claims ?? Claims()), out _)!;
        var person = OidcPerson.Read(token.Claims, options, out var problem);
        return (person, problem);
    }

    private string Bad(string what)
    {
        var good = forge.Sign(Claims());
        var parts = good.Split('.');
        return what switch
        {
            "empty" => "",
            "two parts" => $"{parts[0]}.{parts[1]}",
            "four parts" => good + "." + parts[2],
            "padding" => $"{parts[0]}=.{parts[1]}.{parts[2]}!",
            "claims are a list" => forge.SignText("[]"),
            "header is no JSON" => $"{Encode("{alg")}.{parts[1]}.{parts[2]}",
            "claim twice" => forge.SignText(Claims().ToJsonString().Replace("\"sub\":\"7\"", "\"sub\":\"7\",\"sub\":\"8\"")),
            "no alg" => $"{Encode("""{"kid":"rsa"}""")}.{parts[1]}.{parts[2]}",
            "alg none" => forge.Sign(Claims(), "none"),
            "alg none, no signature" => $"{Encode("""{"alg":"none"}""")}.{parts[1]}.",
            "alg HS256 by the public key" => forge.Sign(Claims(), "HS256"),
            "alg PS512" => forge.Sign(Claims(), "PS512"),
            "alg in lower case" => forge.Sign(Claims(), "rs256"),
            "crit" => forge.Sign(Claims(), header: new JsonObject { ["crit"] = new JsonArray("b64"), ["b64"] = false }),
            "other key's kid" => forge.Sign(Claims(), kid: "p256"),
            "unknown kid" => forge.Sign(Claims(), kid: "new"),
            "kid of an encryption key" => forge.Sign(Claims(), kid: "enc"),
            "kid of a symmetric key" => forge.Sign(Claims(), kid: "oct"),
            "no kid of many" => forge.Sign(Claims(), kid: null),
            "foreign signature" => forge.Sign(Claims(), foreign: true),
            "key for another algorithm" => forge.Sign(Claims(), "RS256", "locked"),
            "claims changed after signing" => $"{parts[0]}.{Encode(Changed("sub", "8").ToJsonString())}.{parts[2]}",
            "signature cut" => good[..^6],
            "iss missing" => Without("iss"),
            "iss with a slash more" => With("iss", Issuer + "/"),
            "iss in upper case" => With("iss", Issuer.ToUpperInvariant()),
            "aud missing" => Without("aud"),
            "aud of another" => With("aud", "other"),
            "aud a prefix" => With("aud", "caisson-admin"),
            "aud of several without azp" => With("aud", new JsonArray(Client, "other")),
            "azp of another" => With("azp", "other"),
            "azp no text" => With("azp", new JsonArray(Client)),
            "exp missing" => Without("exp"),
            "exp passed" => With("exp", Now.AddSeconds(-61).ToUnixTimeSeconds()),
            "exp as text" => With("exp", "9999999999"),
            "nbf to come" => With("nbf", Now.AddSeconds(61).ToUnixTimeSeconds()),
            "nbf as text" => With("nbf", "1"),
            "iat missing" => Without("iat"),
            "iat to come" => With("iat", Now.AddSeconds(61).ToUnixTimeSeconds()),
            "nonce missing" => Without("nonce"),
            "nonce of another login" => With("nonce", "n-2"),
            "sub missing" => Without("sub"),
            "sub empty" => With("sub", ""),
            "sub a number" => With("sub", 7),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private string With(string claim, JsonNode value) => forge.Sign(Changed(claim, value));

    private string Without(string claim)
    {
        var claims = Claims();
        claims.Remove(claim);
        return forge.Sign(claims);
    }

    private static JsonObject Changed(string claim, JsonNode value)
    {
        var claims = Claims();
        claims[claim] = value;
        return claims;
    }
}
