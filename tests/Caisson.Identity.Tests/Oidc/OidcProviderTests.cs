using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Identity.Oidc;
using Caisson.Identity.Tests.Lab;
using static Caisson.Identity.Tests.Oidc.TokenForge;

namespace Caisson.Identity.Tests.Oidc;

/// <summary>What a provider can do wrong beside its tokens. Its answers are from OpenID Connect Discovery 1.0 and Core 1.0, given in memory.</summary>
public sealed class OidcProviderTests : IDisposable
{
    private static readonly OidcAttempt Attempt = new("corp", "state", "n-1", "verifier", "/");

    private readonly TokenForge forge = new();
    private readonly ManualTime time = new();
    private readonly Answers answers = new();

    public OidcProviderTests()
    {
        answers.Json["/realm/.well-known/openid-configuration"] = () =>
            new JsonObject
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = "https://id.example/authorize?tenant=1",
                ["token_endpoint"] = "https://id.example/token",
                ["jwks_uri"] = "https://id.example/keys",
                ["userinfo_endpoint"] = "https://id.example/me",
            };
        answers.Json["/keys"] = () => forge.Set;
        answers.Json["/token"] = () =>
            new JsonObject
            {
                ["id_token"] = forge.Sign(Claims()),
                ["access_token"] = "at",
                ["refresh_token"] = "rt",
            };
    }

    public void Dispose() => forge.Dispose();

    [Fact]
    public async Task Sends_TheBrowserAway_WithStateNonceAndChallenge()
    {
        var address = await Provider().AuthorizationAsync(Attempt, "https://caisson.example/back", CancellationToken.None);

        address.ShouldStartWith("https://id.example/authorize?tenant=1&response_type=code&client_id=caisson&");
        address.ShouldContain("&redirect_uri=https%3A%2F%2Fcaisson.example%2Fback&");
        address.ShouldContain("&state=state&nonce=n-1&");
        // SHA-256 of "verifier", RFC 7636, 4.2.
        address.ShouldEndWith("&code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ&code_challenge_method=S256");
    }

    [Fact]
    public async Task Asks_ForNewKeys_OnceAMinute_HoweverManyUnknownOnesCome()
    {
        var provider = Provider();
        (await LoginAsync(provider)).Problem.ShouldBeNull();
        answers.Json["/token"] = () => new JsonObject { ["id_token"] = forge.Sign(Claims(), kid: "new") };

        for (var attempt = 0; attempt < 5; attempt++)
            (await LoginAsync(provider)).Problem.ShouldBe("kid: is no key of this provider");
        answers.Asked("/keys").ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(1));
        forge.Set["keys"]!.AsArray().Single(key => (string?)key!["kid"] == "rsa")!["kid"] = "new";
        (await LoginAsync(provider)).Problem.ShouldBeNull("the provider has changed its key");
        answers.Asked("/keys").ShouldBe(2);
    }

    [Fact]
    public async Task Asks_ForTheAddress_WhereTheTokenHasNone_AndOnlyOfTheSamePerson()
    {
        var bare = Claims();
        bare.Remove("email");
        bare.Remove("email_verified");
        answers.Json["/token"] = () => new JsonObject { ["id_token"] = forge.Sign(bare), ["access_token"] = "at" };
        answers.Json["/me"] = () =>
            new JsonObject
            {
                ["sub"] = "7",
                ["email"] = "a@example.com",
                ["email_verified"] = true,
                ["iss"] = "ignored",
            };
        (await LoginAsync(Provider())).Person!.Address.ShouldBe("a@example.com");

        answers.Json["/me"] = () =>
            new JsonObject
            {
                ["sub"] = "8",
                ["email"] = "boss@example.com",
                ["email_verified"] = true,
            };
        (await LoginAsync(Provider())).Problem.ShouldBe("sub: the userinfo endpoint speaks of somebody else");
    }

    [Fact]
    public async Task Refuses_AnAnswerWithoutAToken()
    {
        answers.Json["/token"] = () => new JsonObject { ["access_token"] = "at" };
        (await LoginAsync(Provider())).Problem.ShouldBe("the provider gave no ID token");
    }

    [Theory]
    [InlineData("issuer", "https://evil.example")]
    [InlineData("token_endpoint", "http://id.example/token")]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    [InlineData("authorization_endpoint", null)]
    public async Task Refuses_ADiscoveryDocument_ThatLeadsElsewhere(string name, string? value)
    {
        var document = (JsonObject)answers.Json["/realm/.well-known/openid-configuration"]();
        document.Remove(name);
        if (value is not null)
            document[name] = value;
        answers.Json["/realm/.well-known/openid-configuration"] = () => document.DeepClone();

        var failure = await Should.ThrowAsync<OidcException>(() => LoginAsync(Provider()));

        failure.Message.ShouldContain(Issuer);
    }

    [Fact]
    public async Task Says_WhatFailed_WithoutTheSecret()
    {
        answers.Json.Remove("/token");
        var failure = await Should.ThrowAsync<OidcException>(() => LoginAsync(Provider()));
        failure.Message.ShouldBe($"The token endpoint of {Issuer} answered 404.");
        failure.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Takes_NoEndlessAnswer()
    {
        answers.Json["/keys"] = () => new JsonObject { ["keys"] = new string('x', 300 * 1024) };
        await Should.ThrowAsync<OidcException>(() => LoginAsync(Provider()));
    }

    private OidcProvider Provider() => new(Options, "s3cret", new HttpClient(answers), time);

    private static Task<OidcLogin> LoginAsync(OidcProvider provider) =>
        provider.LoginAsync(Attempt, "code", "https://caisson.example/back", CancellationToken.None);

    private sealed class Answers : HttpMessageHandler
    {
        private readonly List<string> _asked = [];

        public Dictionary<string, Func<JsonNode>> Json { get; } = [];

        public int Asked(string path) => _asked.Count(one => one == path);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            _asked.Add(path);
            return Task.FromResult(
                Json.TryGetValue(path, out var answer)
                    ? new HttpResponseMessage(HttpStatusCode.OK)
                    {
                        Content = new StringContent(answer().ToJsonString(), Encoding.UTF8, "application/json"),
                    }
                    : new HttpResponseMessage(HttpStatusCode.NotFound)
            );
        }
    }
}
