using System.Net;
using System.Net.Http.Json;
using Caisson.Api;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Access;

public sealed class ProxyIdentityTests
{
    private const string Me = "/api/v1/me";
    private const string Email = "X-Forwarded-Email";

    [Fact]
    public async Task ATrustedProxy_NamesThePerson_HoweverItIsSpelled()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);

        var first = await MeAsync(lab, (Email, "A.Bee@Example.com"));
        var second = await MeAsync(lab, (Email, " a.bee@example.com "));

        first.Address.ShouldBe("a.bee@example.com");
        second.Id.ShouldBe(first.Id);
        first.Roles.ShouldBe(["member"]);
        first.Session.ShouldBeNull();
        (await MeAsync(lab, (Email, "abee@example.com"))).Id.ShouldNotBe(first.Id);
        (await MeAsync(lab, (Email, "Boss@example.com"))).Roles.ShouldBe(["admin", "member"]);
    }

    [Fact]
    public async Task AnybodyElse_NamesNobody_AndCantForward()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy with { Trusted = [IPNetwork.Parse("10.0.0.0/8")] });
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add(Email, "boss@example.com");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "10.0.0.1");

        (await client.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        lab.Identity.Users.FindByAddress("boss@example.com").ShouldBeNull();
    }

    [Fact]
    public async Task InOtherModes_HeadersNameNobody()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy with { Mode = "local" });
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add(Email, "boss@example.com");
        (await client.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    public static TheoryData<string, (string, string)[], int, string> Refused { get; } =
        new()
        {
            { "a doubled header", [(Email, "a@example.com"), (Email, "a@example.com")], 400, "ambiguous_identity" },
            { "a list", [(Email, "a@example.com, b@example.com")], 400, "ambiguous_identity" },
            { "two people", [(Email, "a@example.com"), ("X-Forwarded-User", "b@example.com")], 400, "ambiguous_identity" },
            {
                "two people, lower down",
                [("X-Forwarded-User", "a@example.com"), ("X-Databricks-User-Email", "b@example.com")],
                400,
                "ambiguous_identity"
            },
            { "no address", [(Email, "alice")], 422, "invalid_email" },
            { "a look-alike", [(Email, "%D0%B0@example.com@")], 422, "invalid_email" },
            { "nothing", [(Email, "")], 401, "not_signed_in" },
            { "the user of this installation", [("X-Forwarded-User", "local")], 422, "invalid_email" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task WhatIsNotOnePerson_IsRefused(string what, (string, string)[] headers, int status, string code)
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);
        var lines = headers.Select(header => $"{header.Item1}: {header.Item2}");

        var answer = await RawAsync(lab, $"GET {Me} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Join("\r\n", lines)}\r\n\r\n");

        answer.ShouldStartWith($"HTTP/1.1 {status} ", customMessage: what);
        answer.ShouldContain($"\"code\":\"{code}\"", customMessage: what);
    }

    [Fact]
    public async Task TheSamePersonTwice_AndAPlainNameBesideTheAddress_AreOnePerson()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);
        (await MeAsync(lab, (Email, "a@example.com"), ("X-Forwarded-User", "A@EXAMPLE.com"))).Address.ShouldBe("a@example.com");
        (await MeAsync(lab, (Email, "a@example.com"), ("X-Forwarded-User", "alice"))).Address.ShouldBe("a@example.com");
    }

    [Fact]
    public async Task PlainNames_AreTakenWhereAllowed_ButNobodyBecomesTheInstallationsUser()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy with { UserNames = true });
        (await MeAsync(lab, ("X-Forwarded-User", "Alice"))).Address.ShouldBe("alice");
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-User", "local");
        (await client.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("open sesam", HttpStatusCode.Unauthorized)]
    [InlineData("open sesame", HttpStatusCode.OK)]
    public async Task TheProxysSecret_HasToBeRight_WhereOneIsSet(string? secret, HttpStatusCode status)
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy with { ProxySecret = SecretReference.TryParse("env:X") });
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add(Email, "a@example.com");
        if (secret is not null)
            client.DefaultRequestHeaders.Add("X-Caisson-Proxy-Secret", secret);
        (await client.GetAsync(Me)).StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("6.6.6.6, 192.0.2.7", "192.0.2.7")]
    [InlineData("6.6.6.6, 192.0.2.7, 127.0.0.9", "192.0.2.7")]
    [InlineData("192.0.2.7:4711", "192.0.2.7")]
    [InlineData("nonsense, 127.0.0.9", "127.0.0.9")]
    [InlineData("[2001:db8::7]:1", "2001:db8::7")]
    public async Task TheClientsAddress_IsFoundFromTheRight_PastTrustedHops(string forwarded, string source)
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);

        await MeAsync(lab, (Email, "a@example.com"), ("X-Forwarded-For", forwarded));

        var login = lab.Identity.Log.Newest(1, action: "login").Single().Event;
        login.Source.ShouldBe(source);
        login.Peer.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task ADisabledPerson_IsOut_AndInvitationOnlyGivesNothing()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy with { DefaultRole = "none" });
        var me = await MeAsync(lab, (Email, "a@example.com"));
        me.Roles.ShouldBeEmpty();
        me.Permissions.ShouldBeEmpty();
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add(Email, "a@example.com");
        (await client.GetAsync("/api/v1/me/sessions")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        lab.Identity.Users.Disable(me.Id);

        (await client.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TheInstallationsToken_IsNotTakenFromAProxy()
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);
        using var client = lab.WithToken(AccessLab.Token);
        (await client.GetAsync(Me)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("https://caisson.example", HttpStatusCode.NoContent)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    public async Task AHeaderLogin_IsSafeFromOtherPages_LikeACookie(string? origin, HttpStatusCode status)
    {
        await using var lab = await AccessLab.StartAsync(AccessLab.Proxy);
        using var client = lab.Client();
        client.DefaultRequestHeaders.Add(Email, "a@example.com");
        if (origin is not null)
            client.DefaultRequestHeaders.Add("Origin", origin);
        (await client.PostAsync("/api/v1/auth/logout", null)).StatusCode.ShouldBe(status);
    }

    private static async Task<MeResponse> MeAsync(AccessLab lab, params (string Name, string Value)[] headers)
    {
        using var client = lab.Client();
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return (await client.GetFromJsonAsync(Me, AccessJson.Default.MeResponse))!;
    }

    /// <summary>Bytes as they are: a client would join doubled headers.</summary>
    private static async Task<string> RawAsync(AccessLab lab, string request)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(lab.Address.Host, lab.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
