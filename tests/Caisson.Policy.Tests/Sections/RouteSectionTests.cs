using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Sections;

public sealed class RouteSectionTests
{
    [Fact]
    public void Reads_AFullRoute()
    {
        var route = Text.Good(
                """
                routes:
                  - host: "**.Example.ORG"
                    ports: [8443, 443]
                    protocol: websocket
                    tls: intercept
                    match:
                      - paths: [{ type: glob, value: /v*/x }, { type: regex, value: '/a[0-9]+' }]
                        methods: [get, GET, read]
                        credential: one
                    deny:
                      - paths: [{ type: exact, value: /admin }]
                    credential: two
                    allow_private: [10.0.0.0/8, 192.168.7.3, fd00::/8]
                    git: none
                    mode: enforce
                    comment: why
                """
            )
            .Routes.ShouldHaveSingleItem();
        (route.Host, route.Protocol, route.Credential, route.Comment, route.Label).ShouldBe(
            ("**.example.org", RouteProtocol.WebSocket, "two", "why", "routes[0]")
        );
        route.Ports.ShouldBe([8443, 443]);
        route.Match[0].Methods.ShouldBe(["GET", "HEAD", "OPTIONS"]);
        route.Match[0].Credential.ShouldBe("one");
        route.Deny[0].Paths[0].ShouldBe(new PathRule(PathMatch.Exact, "/admin"));
        route.AllowPrivate.ShouldBe(["10.0.0.0/8", "192.168.7.3/32", "fd00::/8"]);
    }

    [Theory]
    [InlineData("{ ports: [443] }", "host is missing")]
    [InlineData("{ host: '*' }", "every host")]
    [InlineData("{ host: 'https://a.example/x' }", "without scheme or path")]
    [InlineData("{ host: 'a.example:443' }", "under 'ports'")]
    [InlineData("{ host: caisson.internal }", "reserved")]
    [InlineData("{ host: '*.caisson.internal' }", "reserved")]
    [InlineData("{ host: a.example, ports: [] }", "empty list")]
    [InlineData("{ host: a.example, ports: [443, 443] }", "twice")]
    [InlineData("{ host: a.example, ports: [65536] }", "1 to 65535")]
    [InlineData("{ host: a.example, port: 443 }", "did you mean 'ports'")]
    [InlineData("{ host: a.example, protocol: htpp }", "did you mean 'http'")]
    [InlineData("{ host: a.example, tls: off }", "unknown value 'off'")]
    [InlineData("{ host: a.example, detect: {} }", "is empty")]
    [InlineData("{ host: a.example, detect: { on_match: block } }", "did you mean 'deny'")]
    [InlineData("{ host: a.example, detect: { on_match: supervise } }", "did you mean 'hold'")]
    [InlineData("{ host: a.example, detect: { outbound: [pattern] } }", "did you mean 'patterns'")]
    [InlineData("{ host: a.example, detect: { canaries: files } }", "canaries")]
    [InlineData("{ host: a.example, detect: { outbound: true } }", "a list of detectors, or false")]
    [InlineData("{ host: a.example, ports: [22], protocol: tcp, detect: { on_match: deny } }", "can't be combined")]
    [InlineData("{ host: a.example, match: [{}] }", "needs a condition")]
    [InlineData("{ host: a.example, match: [{ methods: [] }] }", "empty list")]
    [InlineData("{ host: a.example, match: [{ methods: [TRACE] }] }", "can't be allowed")]
    [InlineData("{ host: a.example, match: [{ methods: ['G T'] }] }", "HTTP method")]
    [InlineData("{ host: a.example, match: [{ paths: [/docs] }] }", "{ type: prefix, value: /docs }")]
    [InlineData("{ host: a.example, match: [{ paths: [{ type: prefix }] }] }", "value is missing")]
    [InlineData("{ host: a.example, match: [{ paths: [{ value: /x }] }] }", "type is missing")]
    [InlineData("{ host: a.example, match: [{ paths: [{ type: prefix, value: x }] }] }", "start with '/'")]
    [InlineData("{ host: a.example, match: [{ paths: [{ type: regex, value: '(?=x)' }] }] }", "look-around")]
    [InlineData("{ host: a.example, deny: [{ methods: [GET], credential: x }] }", "unknown key 'credential'")]
    [InlineData("{ host: a.example, tls: passthrough, credential: x }", "can't be combined with `tls: passthrough`")]
    [InlineData("{ host: a.example, tls: passthrough, match: [{ methods: [GET] }] }", "can't be combined")]
    [InlineData("{ host: a.example, protocol: tcp }", "names its ports")]
    [InlineData("{ host: a.example, protocol: tcp, ports: [22], credential: x }", "can't be combined with `protocol: tcp`")]
    [InlineData("{ host: a.example, allow_private: [10.0.0.1/8] }", "host bits")]
    [InlineData("{ host: a.example, allow_private: [internal] }", "range of addresses")]
    [InlineData("{ host: a.example, upstream_ca: /nowhere/ca.pem }", "can't be read")]
    [InlineData(
        "{ host: a.example, match: [{ methods: [GET], credential: a }, { methods: [GET], credential: b }] }",
        "different credentials"
    )]
    public void Refuses(string route, string because) => Text.OnlyError($"routes:\n  - {route}").ToString().ShouldContain(because);

    [Fact]
    public void Refuses_TwoRoutesForOneHostPortAndProtocol_NamingBothLines()
    {
        var error = Text.OnlyError("routes:\n  - host: a.example\n  - host: A.example.\n    ports: [443]");
        error.Line.ShouldBe(4);
        error.Message.ShouldContain("port 443 already has a route in line 3");
        Text.Good("routes:\n  - host: a.example\n  - { host: a.example, ports: [8443] }").Routes.Count.ShouldBe(2);
    }

    [Fact]
    public void Refuses_AFileWithoutCertificates()
    {
        using var home = new TemporaryHome();
        var file = home.Write("ca.pem", "no certificate");
        Text.OnlyError($"routes: [{{ host: a.example, upstream_ca: {file} }}]").Message.ShouldContain("no certificate in PEM form");
        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Text.OnlyError($"routes: [{{ host: a.example, upstream_ca: {file} }}]").Message.ShouldContain("valid certificate");
    }
}
