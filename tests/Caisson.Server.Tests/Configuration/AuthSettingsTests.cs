using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

public sealed class AuthSettingsTests : IDisposable
{
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    private ServerConfiguration Read(params string[] arguments) =>
        new ServerOptionsReader(name => name == "CAISSON_HOME" ? home.Path : null).Read(arguments);

    [Theory]
    [InlineData("auth: { mode: magic }", "auth.mode: 'magic' is no mode")]
    [InlineData("auth: { mode: databricks }", "'databricks' is not available yet")]
    [InlineData("auth: { mode: proxy }\nserver: { public_url: 'https://a.example' }", "auth.proxy.trusted: is missing")]
    [InlineData("auth: { mode: proxy, proxy: { trusted: [10.0.0.0/8] } }", "server.public_url: is missing")]
    [InlineData("auth: { mode: oidc }\nserver: { public_url: 'https://a.example' }", "auth.oidc: is missing")]
    [InlineData("auth: { proxy: { trusted: [0.0.0.0/0] } }", "auth.proxy.i_know_this_is_open")]
    [InlineData("auth: { proxy: { trusted: ['::/0'] } }", "auth.proxy.i_know_this_is_open")]
    [InlineData("auth: { proxy: { trusted: [10.0.0.0/33] } }", "is no network")]
    [InlineData("auth: { proxy: { secret: hunter2 } }", "a secret is not written here")]
    [InlineData("auth: { default_role: root }", "'root' is no role")]
    [InlineData("auth: { admins: ['nobody@'] }", "position")]
    [InlineData("server: { public_url: 'https://a.example/path' }", "scheme, host and port alone")]
    [InlineData("server: { cors_origins: ['*'] }", "wildcards are not possible")]
    [InlineData("server: { cors_origins: ['https://*.example'] }", "wildcards are not possible")]
    [InlineData("server: { listen: '0.0.0.0:80', insecure_http: true }", "auth.local.allow_remote")]
    [InlineData("server: { listen: '0.0.0.0:80', insecure_http: true }\nauth: { local: { allow_remote: true } }", "server.public_url")]
    [InlineData("auth: { oidc: [{ name: x }] }", "[0].issuer: is missing")]
    [InlineData("auth: { oidc: [{ name: x, issuer: 'http://id.example', client_id: c }] }", "is no https address")]
    [InlineData("auth: { oidc: [{ name: x, issuer: 'https://id.example' }] }", "[0].client_id: is missing")]
    [InlineData(
        "auth: { oidc: [{ name: x, issuer: 'https://id.example', client_id: c, client_secret: s }] }",
        "a secret is not written here"
    )]
    [InlineData("auth: { oidc: [{ name: x, issuer: 'https://id.example', client_id: c, role_map: { a: root } }] }", "'root' is no role")]
    [InlineData(
        "auth: { oidc: [{ name: x, issuer: 'https://id.example', client_id: c, clientid: c }] }",
        "unknown key; did you mean 'client_id'?"
    )]
    [InlineData("auth: { oidc: [x] }", "a block of keys is expected")]
    public void Refuses_WhatWouldBeOpenOrMeansNothing(string file, string error)
    {
        home.With(file);
        Read().Errors.ShouldHaveSingleItem().ShouldContain(error);
    }

    [Fact]
    public void Reads_AProvider_FromTheFileAndFromAFlagAlike()
    {
        home.With(
            """
            auth:
              mode: oidc
              oidc:
                - name: corp
                  issuer: https://id.example/realm
                  client_id: caisson
                  client_secret: file:/etc/caisson/oidc
                  scopes: [email, groups]
                  allowed_domains: [Example.com]
                  required_group: staff
                  email_verified: false
                  role_map: { "Site, Admins": admin }
            server:
              public_url: https://caisson.example
            """
        );
        var configuration = Read();
        configuration.Errors.ShouldBeEmpty();
        var provider = configuration.Options.Auth.Oidc.ShouldHaveSingleItem();
        provider.Issuer.ShouldBe("https://id.example/realm");
        provider.Scopes.ShouldBe(["openid", "email", "groups"]);
        provider.AllowedDomains.ShouldBe(["example.com"]);
        provider.RoleMap["Site, Admins"].ShouldBe("admin");
        provider.RequireVerifiedEmail.ShouldBeFalse();
        provider.DependsOnGroups.ShouldBeTrue();

        var flag = Read(
            "--auth-oidc",
            """[{"name":"a","issuer":"https://a.example","client_id":"x"},{"name":"b","issuer":"https://b.example","client_id":"y"}]"""
        );
        flag.Errors.ShouldBeEmpty();
        flag.Options.Auth.Oidc.Select(one => one.Name).ShouldBe(["a", "b"]);
    }
}
