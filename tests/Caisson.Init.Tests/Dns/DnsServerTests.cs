using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Dns;

public sealed class DnsServerTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Answers_TheLibrarysResolver()
    {
        var result = await _sandbox.ShellAsync("getent ahosts www.example.com | sort -u; getent hosts 198.18.0.1");

        result.Output.ShouldContain("198.18.0.1 ");
        result.Output.ShouldContain("fd00:caa5:0:1::1 ");
        result.Output.ShouldEndWith("www.example.com\n");
    }

    [Theory]
    [InlineData("+notcp")]
    [InlineData("+tcp")]
    public async Task Answers_OverUdpAndTcp(string transport)
    {
        var result = await _sandbox.ShellAsync(
            $"dig {transport} +short WwW.Example.Com A a.example AAAA localhost A; dig {transport} a.example TXT"
        );

        result.Output.ShouldStartWith("198.18.0.1\nfd00:caa5:0:1::2\n127.0.0.1\n");
        result.Output.ShouldContain("status: NOERROR");
        result.Output.ShouldContain("EDE: 15 (Blocked): (only addresses are answered here");
    }

    [Fact]
    public async Task Lets_NoQueryReachAnotherServer()
    {
        var result = await _sandbox.ShellAsync("dig +time=1 +tries=1 @8.8.8.8 www.example.com");

        result.ExitCode.ShouldBe(9);
        result.Output.ShouldContain("no servers could be reached");
    }

    [Fact]
    public async Task Takes_ManyQueriesOnOneConnection_AndManyConnections()
    {
        var result = await _sandbox.ShellAsync(
            """
            perl -MIO::Socket::INET -e '
              my @s = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 53) or die $! } 1..20;
              my $q = pack("n6", 7, 256, 1, 0, 0, 0) . "\1a\7example\0" . pack("n2", 1, 1);
              for my $s (@s) { syswrite $s, (pack("n", length $q) . $q) x 10; }
              for my $s (@s) { my $t = ""; while (length $t < 450) { sysread($s, $t, 4096, length $t) or die; } print length $t, " "; }'
            """
        );

        result.Output.ShouldBe(string.Concat(Enumerable.Repeat("450 ", 20)), result.Errors);
    }
}
