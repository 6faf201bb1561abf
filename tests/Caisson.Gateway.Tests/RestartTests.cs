using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy.Decisions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Gateway.Tests;

public sealed class RestartTests
{
    [Fact]
    public async Task Fails_AtOnceWhileItIsDown_AndServesWithTheSameAuthorityAfterwards()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var upstream = await TestUpstream.StartAsync("h.example");
        await using var lab = await Lab.StartAsync([Lab.Route("h.example")], [upstream]);
        var sealedAuthority = lab.Authority.Seal(key);
        using var http = lab.Http();
        (await http.GetAsync("https://h.example/")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await lab.Host.DisposeAsync();
        var start = Stopwatch.GetTimestamp();
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync("https://h.example/"));
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(1);

        start = Stopwatch.GetTimestamp();
        await using var again = await GatewayHost.StartAsync(
            new GatewayOptions
            {
                Decisions = lab.Log,
                UpstreamCaFile = TestAuthority.Shared.File,
                Resolve = [new ResolveOverride("h.example", 443, new IPEndPoint(IPAddress.Loopback, upstream.Port))],
            },
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        using var authority = SandboxAuthority.Unseal("sb1", key, sealedAuthority);
        await again.OpenAsync(
            new SandboxExitOptions
            {
                SandboxId = "sb1",
                SocketPath = lab.Exit.SocketPath,
                Routes = RouteTable.Compile([Lab.Route("h.example")]),
                Credentials = new TestCredentials(),
                Authority = authority,
            }
        );

        // The client still trusts the authority that it was given before the restart.
        (await http.GetAsync("https://h.example/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(1);
    }

    [Fact]
    public async Task Replaces_ASocket_ThatAKilledServerLeft()
    {
        var path = Path.Combine(Path.GetTempPath(), $"caisson-{Guid.NewGuid():N}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(path));
        if (!File.Exists(path))
            await File.WriteAllTextAsync(path, "");

        await using var lab = await Lab.StartAsync([], exit: o => o with { SocketPath = path });

        (await lab.Http().GetAsync("https://h.example/")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refuses_ASecondExit_ForTheSameSandbox()
    {
        await using var lab = await Lab.StartAsync([]);

        var error = await Should.ThrowAsync<InvalidOperationException>(() =>
            lab.Host.OpenAsync(
                new SandboxExitOptions
                {
                    SandboxId = "sb1",
                    SocketPath = lab.Exit.SocketPath + "2",
                    Routes = RouteTable.Empty,
                    Credentials = new TestCredentials(),
                    Authority = lab.Authority,
                }
            )
        );

        error.Message.ShouldContain("sb1");
    }
}
