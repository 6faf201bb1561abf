using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Seccomp;

/// <summary>An agent in a mounted repository must not leave a program on the host that runs as the repository's owner.</summary>
public sealed class SetIdTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("chmod 4755 f")]
    [InlineData("chmod g+s f")]
    [InlineData("perl -e 'umask 0; use Fcntl; sysopen(my $f, \"made\", O_CREAT|O_RDWR, 04755) or die'")]
    [InlineData("perl -e 'syscall(259, -100, \"made\", 0104755, 0) == 0 or die'")]
    public async Task Refuses_ToMakeASetIdFile(string attack)
    {
        var result = await _sandbox.ShellAsync($"cd; rm -f f made; cp /bin/true f; {attack}; stat -c %a f made 2>/dev/null");

        result.Output.ShouldBe("755\n", result.Errors);
    }

    [Fact]
    public async Task Leaves_OrdinaryModesAlone()
    {
        var result = await _sandbox.ShellAsync("cd; cp /bin/true g; chmod 640 g; stat -c %a g; install -m 711 g h; stat -c %a h");

        result.Output.ShouldBe("640\n711\n", result.Errors);
    }
}
