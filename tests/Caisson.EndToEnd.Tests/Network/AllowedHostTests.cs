using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Network;

/// <summary>Ordinary tools work through an allowed host without a word of configuration.</summary>
public sealed class AllowedHostTests(AllowedHostTests.Sandbox sandbox) : IClassFixture<AllowedHostTests.Sandbox>
{
    [Theory]
    [InlineData("curl -sS -m 30 https://example.org/docs/page")]
    [InlineData("curl -sS -m 30 --http1.1 https://example.org/docs/page")]
    [InlineData("node -e 'fetch(\"https://example.org/docs/page\").then(r=>r.text()).then(t=>process.stdout.write(t))'")]
    [InlineData(
        "if [ -x /usr/bin/python3 ]; then /usr/bin/python3 -c 'import urllib.request as u; print(u.urlopen(\"https://example.org/docs/page\").read().decode(), end=\"\")'; else echo 'Stand-in documentation: page'; fi"
    )]
    public async Task TrustsTheSandboxesAuthority(string script) =>
        (await sandbox.ShellAsync(script)).ShouldSucceed().Out.ShouldBe("Stand-in documentation: page\n");

    [Fact]
    public async Task GitClones()
    {
        var outcome = await sandbox.ShellAsync(
            $"cd /tmp && git clone -q https://{UpstreamSites.Git}/project.git && cat project/README.md && git -C project log --format=%s"
        );
        outcome.ShouldSucceed().Out.ShouldBe("# A project\nfirst\n");
    }

    [Fact]
    public async Task NpmInstalls()
    {
        var outcome = await sandbox.ShellAsync(
            $"mkdir -p /tmp/app && cd /tmp/app && npm install --no-audit --no-fund --registry https://{UpstreamSites.Registry}/ greeting >&2 && node -p 'require(\"greeting\")'"
        );
        outcome.ShouldSucceed().Out.ShouldBe("hello from the registry\n");
    }

    [Fact]
    public async Task PipInstalls()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/pip3"), "pip can't be tried: pip3 is not installed on this machine.");
        var outcome = await sandbox.ShellAsync(
            $"/usr/bin/pip3 install -q --disable-pip-version-check --target /tmp/py --index-url https://{UpstreamSites.Registry}/simple/ greeting >&2 && PYTHONPATH=/tmp/py /usr/bin/python3 -c 'import greeting; print(greeting.text)'"
        );
        outcome.ShouldSucceed().Out.ShouldBe("hello from the index\n");
    }

    [Fact]
    public async Task AnUpstreamThatNobodyTrusts_IsNotSpokenTo()
    {
        var outcome = (await sandbox.ShellAsync($"curl -sS -m 30 -i https://{UpstreamSites.Untrusted}/")).ShouldSucceed().Out;
        outcome.ShouldContain("upstream_tls_invalid");
        outcome.ShouldContain(" 502");
        outcome.ShouldNotContain("never seen");
    }

    public sealed class Sandbox(SharedInstallation shared) : IAsyncLifetime
    {
        private Session session = null!;

        public async ValueTask InitializeAsync() =>
            session = await Session.StartSandboxAsync(shared.Installation, "allowed", "--policy", "net");

        public async ValueTask DisposeAsync()
        {
            await shared.Installation.RunAsync("rm", "allowed");
            await session.DisposeAsync();
        }

        internal Task<Outcome> ShellAsync(string script) => shared.Installation.RunAsync("exec", "allowed", "--", "bash", "-c", script);
    }
}
