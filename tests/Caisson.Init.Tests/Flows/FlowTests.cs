using System.Diagnostics;
using System.Globalization;
using System.Net;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Flows;

public sealed class FlowTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Carries_NameAddressPortAndCaller()
    {
        await using var gateway = TestGateway.Saying(_sandbox.ExitSocket, "HTTP/1.0 200 OK\r\n\r\nhello");

        var result = await _sandbox.ShellAsync("echo $$; exec curl -4 -sS http://Some.Name.example:8080/");

        result.Output.ShouldEndWith("hello", Case.Sensitive, result.Errors);
        var header = await gateway.NextAsync();
        header.Authority.ShouldBe("some.name.example");
        header.Destination.Address.ToString().ShouldStartWith("198.18.");
        header.Destination.Port.ShouldBe(8080);
        header.Pid.ShouldBe(int.Parse(result.Output.Split('\n')[0], CultureInfo.InvariantCulture));
        header.Executable.ShouldBe("/usr/bin/curl");
    }

    [Theory]
    [InlineData("http://1.1.1.1/", "1.1.1.1", 80)]
    [InlineData("http://169.254.169.254/latest", "169.254.169.254", 80)]
    [InlineData("http://[2606:4700:4700::1111]:443/", "2606:4700:4700::1111", 443)]
    [InlineData("http://[::ffff:10.1.2.3]:22/", "10.1.2.3", 22)]
    public async Task Shows_ALiteralsOwnAddressAndNoName(string url, string address, int port)
    {
        await using var gateway = TestGateway.Saying(_sandbox.ExitSocket, "HTTP/1.0 403 No\r\n\r\nraw_ip");

        var result = await _sandbox.ShellAsync($"curl -sS --max-time 5 '{url}'");

        result.Output.ShouldBe("raw_ip", result.Errors);
        var header = await gateway.NextAsync();
        header.Destination.ShouldBe(new IPEndPoint(IPAddress.Parse(address), port));
        header.Authority.ShouldBeNull();
    }

    [Fact]
    public async Task Resets_WhatTheGatewayRefusesWithoutAWord()
    {
        await using var gateway = new TestGateway(_sandbox.ExitSocket, (_, _) => Task.CompletedTask);

        var result = await _sandbox.ShellAsync("curl -sS --max-time 5 http://refused.example/");

        result.ExitCode.ShouldBeOneOf(7, 55, 56);
        result.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Resets_AtOnceWhileTheGatewayIsAway_AndWorksAgainWhenItIsBack()
    {
        var clock = Stopwatch.StartNew();
        var result = await _sandbox.ShellAsync("curl -sS --max-time 5 http://away.example/");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        result.ExitCode.ShouldBeOneOf(7, 55, 56);

        await using var gateway = TestGateway.Saying(_sandbox.ExitSocket, "HTTP/1.0 200 OK\r\n\r\nback");
        result = await _sandbox.ShellAsync("curl -sS --max-time 5 http://away.example/");
        result.Output.ShouldBe("back", result.Errors);
    }

    [Fact]
    public async Task Resets_OpenConnectionsWhenTheGatewayDies()
    {
        // A gateway in a process of its own, killed in the middle of its answer.
        const string Script = """
            use IO::Socket::UNIX;
            my $listener = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die;
            chmod 0777, $ARGV[0];
            $| = 1; print "listening\n";
            my $flow = $listener->accept;
            sysread $flow, my $request, 4096;
            syswrite $flow, "HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\npartial";
            sleep 60;
            """;
        using var gateway = Process.Start(
            new ProcessStartInfo("perl", ["-e", Script, _sandbox.ExitSocket]) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        (await gateway.StandardOutput.ReadLineAsync()).ShouldBe("listening");
        var waiting = _sandbox.ShellAsync("curl -sS -N --max-time 20 http://dying.example/ | tee answer; exit ${PIPESTATUS[0]}");
        await _sandbox.ShellAsync("while ! grep -qs partial answer; do sleep 0.02; done");
        gateway.Kill();

        var result = await waiting;

        result.Output.ShouldBe("partial");
        result.Errors.ShouldContain("reset by peer");
    }

    [Fact]
    public async Task Ends_OrderlyWhenTheGatewayDoes()
    {
        await using var gateway = TestGateway.Saying(_sandbox.ExitSocket, "until the end");

        var result = await _sandbox.ShellAsync("socat -t 20 -u TCP:orderly.example:7 -");

        result.Output.ShouldBe("until the end");
        result.ExitCode.ShouldBe(0, result.Errors);
    }

    [Fact]
    public async Task Relays_BothWaysWithHalfClosedEnds()
    {
        await using var gateway = TestGateway.Echoing(_sandbox.ExitSocket);

        // The echo ends only after the program ended its sending half.
        var result = await _sandbox.ShellAsync(
            "head -c 30000000 /dev/urandom > data; socat -t 20 - TCP:echo.example:7 < data | cmp - data && echo same"
        );

        result.Output.ShouldBe("same\n", result.Errors);
        var counters = (await _sandbox.Client.InfoAsync()).Counters;
        counters.BytesOut.ShouldBe(30_000_000);
        counters.BytesIn.ShouldBe(30_000_000);
    }

    [Fact]
    public async Task Refuses_AConnectionMadeStraightToTheListener()
    {
        await using var gateway = TestGateway.Saying(_sandbox.ExitSocket, "never");

        var result = await _sandbox.ShellAsync("curl -sS --max-time 5 http://127.0.0.1:15001/");

        result.ExitCode.ShouldBeOneOf(7, 55, 56); // reset while connecting, or after
        result.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leaves_LoopbackToUserPrograms()
    {
        var result = await _sandbox.ShellAsync(
            "socat TCP-LISTEN:80,bind=0.0.0.0,reuseaddr SYSTEM:'echo mine' & while ! ss -ltn | grep -q ':80 '; do sleep 0.02; done; "
                + "socat -u TCP:127.0.0.1:80 -"
        );

        result.Output.ShouldBe("mine\n", result.Errors);
    }

    [Theory]
    [InlineData("8.8.8.8")] // an answer of QUIC or DNS
    [InlineData("2001:4860:4860::8888")]
    [InlineData("198.18.0.1")] // as our resolver answers
    [InlineData("224.0.0.251")]
    [InlineData("ff05::fb")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:8.8.8.8")]
    public async Task Fails_DatagramsAtOnce_OnEveryKindOfSocket(string address)
    {
        // A program that listens on every address must not answer for foreign ones either.
        var result = await _sandbox.ShellAsync(
            $$"""
            perl -MSocket=:all -e '
              my ($address) = @ARGV; my $v6 = $address =~ /:/; my $family = $v6 ? AF_INET6 : AF_INET;
              my $to = sub { $v6 ? pack_sockaddr_in6($_[0], inet_pton($family, $address)) : pack_sockaddr_in($_[0], inet_aton($address)) };
              socket(my $all, $family, SOCK_DGRAM, 0) or die $!; bind($all, $v6 ? pack_sockaddr_in6(4433, IN6ADDR_ANY) : pack_sockaddr_in(4433, INADDR_ANY)) or die $!;
              for my $port (53, 443, 4433) {
                socket(my $free, $family, SOCK_DGRAM, 0) or die $!; setsockopt($free, SOL_SOCKET, SO_BROADCAST, 1);
                print defined send($free, "x", 0, $to->($port)) ? "sent" : 0 + $!, " ";
                socket(my $tied, $family, SOCK_DGRAM, 0) or die $!; setsockopt($tied, SOL_SOCKET, SO_BROADCAST, 1);
                print connect($tied, $to->($port)) ? "connected" : 0 + $!, " ";
              }' {{address}}
            """
        );

        // ENETUNREACH.
        result.Output.TrimEnd().ShouldBe(string.Join(' ', Enumerable.Repeat("101", 6)), result.Errors);
    }

    [Fact]
    public async Task Fails_PingAtOnce_AndLeavesDatagramsOfLoopbackAlone()
    {
        var result = await _sandbox.ShellAsync(
            """
            perl -MSocket=:all -e '
              for ([AF_INET, inet_aton("127.0.0.1")], [AF_INET6, inet_pton(AF_INET6, "::1")]) {
                my ($family, $host) = @$_; my $to = $family == AF_INET ? pack_sockaddr_in(4433, $host) : pack_sockaddr_in6(4433, $host);
                socket(my $server, $family, SOCK_DGRAM, 0); bind($server, $to) or die $!; socket(my $client, $family, SOCK_DGRAM, 0);
                send($client, "hello ", 0, $to) or die $!; recv($server, my $text, 10, 0); print $text;
              }
              socket(my $ping, AF_INET, SOCK_DGRAM, 1) or print("no ping socket"), exit;
              print connect($ping, pack_sockaddr_in(0, inet_aton("1.1.1.1"))) ? "connected" : 0 + $!'
            """
        );

        result.Output.ShouldMatch("^hello hello (101|no ping socket)$", result.Errors);
    }

    [Fact]
    public async Task Resets_ConnectionsPastItsDescriptors_AndStaysInReachOfTheServer()
    {
        await using var sandbox = await TestSandbox.StartAsync(openFiles: 700);
        await using var gateway = TestGateway.Echoing(sandbox.ExitSocket);

        var result = await sandbox.ShellAsync(
            """
            perl -MIO::Socket::INET -e '
              my @s = map { IO::Socket::INET->new(PeerAddr => "9.9.9.9", PeerPort => 7) } 1..300; my $open = 0;
              for my $s (grep { defined } @s) { local $SIG{PIPE} = "IGNORE"; syswrite $s, "x"; $open++ if sysread $s, my $b, 1; }
              print $open; system "true"'
            """
        );

        int.Parse(result.Output).ShouldBeInRange(64, 94, result.Errors);
        (await sandbox.ShellAsync("echo alive")).Output.ShouldBe("alive\n");
    }
}
