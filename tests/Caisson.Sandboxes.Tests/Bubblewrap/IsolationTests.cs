using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>What an agent finds in a sandbox, looked at from inside and from the host.</summary>
public sealed class IsolationTests(IsolationTests.Started started) : IClassFixture<IsolationTests.Started>
{
    private ISandbox Sandbox => started.Sandbox;

    [Fact]
    public async Task RunsTheAgent_As1000Inside_AndAsAnUnprivilegedUserOutside()
    {
        (await Sandbox.OutputAsync("id -u; id -g; id -un")).ShouldBe("1000\n1000\nagent");

        foreach (var pid in HostProcesses())
        {
            var status = await File.ReadAllLinesAsync($"/proc/{pid}/status");
            var uids = status.First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1..];
            uids.ShouldAllBe(uid => uid == started.Spec.HostUid.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task GivesExactlyTheEnvironmentOfThePlan()
    {
        var names = (await Sandbox.OutputAsync("cat /proc/self/environ | tr '\\0' '\\n' | cut -d= -f1 | sort")).Split('\n');
        names.Except(["_", "PWD", "SHLVL", "OLDPWD"]).ShouldBe(["HOME", "MARK", "PATH"]);
    }

    [Fact]
    public void PutsNoValueOnAnyCommandLineOrIntoTheEnvironmentOfHelpers()
    {
        foreach (var pid in new[] { Sandbox.Runtime.MonitorPid, Sandbox.Runtime.InitPid })
        {
            File.ReadAllText($"/proc/{pid}/cmdline")
                .ShouldSatisfyAllConditions(
                    line => line.ShouldContain(pid == Sandbox.Runtime.InitPid ? "caisson-init" : "bwrap"),
                    line => line.ShouldNotContain("value-only-inside")
                );
            // bubblewrap itself sets PWD. PID 1 can be looked into by root alone.
            if (SandboxLab.IsRoot)
                File.ReadAllText($"/proc/{pid}/environ").Trim('\0').ShouldBeOneOf("", "PWD=/");
        }
    }

    [Theory]
    [InlineData("/root")]
    [InlineData("/etc/shadow")]
    [InlineData("/etc/ssh")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("/run/docker.sock")]
    [InlineData("/run/user")]
    [InlineData("/run/dbus")]
    [InlineData("/tmp/.X11-unix")]
    [InlineData("/run/caisson/init.sock")]
    [InlineData("/run/caisson/exit.sock")]
    [InlineData("/work")]
    [InlineData("/srv")]
    [InlineData("/mnt")]
    public async Task HidesTheHosts(string path) => (await Sandbox.ShellAsync($"test -e {path}")).ExitCode.ShouldBe(1);

    [Fact]
    public async Task HidesEveryHomeOfTheHost()
    {
        (await Sandbox.OutputAsync("ls /home; ls -A /home/agent | wc -l")).ShouldBe("agent\n0");
        (await Sandbox.OutputAsync("cut -d: -f1 /etc/passwd | tr '\\n' ' '")).ShouldBe("root agent nobody ");
    }

    [Fact]
    public async Task HidesThisTestsOwnDirectory() => (await Sandbox.ShellAsync($"ls {started.Lab.Root}")).ExitCode.ShouldNotBe(0);

    [Fact]
    public async Task SetsNoSocketOfTheHost() =>
        (await Sandbox.OutputAsync("echo \"$SSH_AUTH_SOCK$DBUS_SESSION_BUS_ADDRESS$DISPLAY$DOCKER_HOST$GPG_AGENT_INFO\"")).ShouldBeEmpty();

    [Fact]
    public async Task LetsOnlyHomeWorkspaceAndTemporaryDirectoriesBeWritten()
    {
        // Every directory anywhere, tried by writing: a list of mount flags could miss one.
        var writable = await Sandbox.OutputAsync(
            "find / -path /proc -prune -o -type d -writable -print 2>/dev/null | sort; for d in /usr /etc /opt /opt/caisson/bin /var /sys /dev /dev/pts /proc /home /lib; do "
                + "touch $d/x 2>/dev/null && echo $d; done; "
                + "for d in /home/agent /workspace /tmp /run /dev/shm /var/tmp; do touch $d/x && rm $d/x && echo ok $d; done"
        );
        writable.ShouldBe(
            "/dev/pts\n/dev/shm\n/home/agent\n/run\n/run/caisson\n/tmp\n/workspace\nok /home/agent\nok /workspace\nok /tmp\nok /run\nok /dev/shm\nok /var/tmp"
        );
    }

    [Fact]
    public async Task MountsEverythingWithoutSetuid() =>
        (await Sandbox.OutputAsync("awk '$6 !~ /nosuid/ {print $5}' /proc/self/mountinfo")).ShouldBeEmpty();

    [Fact]
    public async Task GivesSetuidProgramsNoEffect()
    {
        (
            await Sandbox.OutputAsync("cp /bin/sleep /workspace/s && chmod 4755 /workspace/s 2>/dev/null; /workspace/s 0 && /usr/bin/id -u")
        ).ShouldBe("1000");
        (await Sandbox.ShellAsync("su -c id root </dev/null")).ExitCode.ShouldNotBe(0);
        (
            await Sandbox.OutputAsync(
                "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '"
            )
        ).ShouldBe(
            "CapInh: 0000000000000000\nCapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapBnd: 0000000000000000\nCapAmb: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2"
        );
    }

    [Fact]
    public async Task SeesLoopbackAlone() =>
        (await Sandbox.OutputAsync("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).ShouldBe("lo");

    [Fact]
    public async Task SeesOnlyItsOwnProcesses()
    {
        var commands = await Sandbox.OutputAsync("cat /proc/[0-9]*/comm | sort -u | tr '\\n' ' '");
        foreach (var command in commands.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            new[] { "bash", "cat", "sort", "tr", "caisson-init", "python3", "sleep" }.ShouldContain(command);
    }

    [Fact]
    public async Task KeepsTwoSandboxesApart()
    {
        await using var lab = new SandboxLab();
        var other = await lab.StartAsync();
        await Sandbox.OutputAsync(
            "(setsid python3 -c \"import socket,time\ns=socket.socket(socket.AF_UNIX);s.bind('\\\\0shared');s.listen()\nt=socket.socket();t.bind(('127.0.0.1',8123));t.listen()\nopen('/tmp/up','w')\ntime.sleep(60)\" >/dev/null 2>&1 &) ; until test -e /tmp/up; do sleep 0.05; done"
        );
        const string reach =
            "python3 -c \"import socket\nfor f,a in ((socket.AF_UNIX,'\\\\0shared'),(socket.AF_INET,('127.0.0.1',8123))):\n s=socket.socket(f)\n try: s.connect(a);print('reached')\n except OSError as e: print(e.errno)\"";
        (await Sandbox.OutputAsync(reach)).ShouldBe("reached\nreached");
        (await other.OutputAsync(reach)).ShouldBe("111\n111");
        (await other.ShellAsync("test -e /tmp/up")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task CannotReachAbstractSocketsOrLoopbackOfTheHost()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var name = $"cst-{Environment.ProcessId}";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        socket.Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (
            await Sandbox.OutputAsync(
                $"python3 -c \"import socket\nfor f,a in ((socket.AF_UNIX,'\\\\0{name}'),(socket.AF_INET,('127.0.0.1',{port}))):\n s=socket.socket(f)\n try: s.connect(a);print('reached')\n except OSError as e: print(e.errno)\""
            )
        ).ShouldBe("111\n111");
    }

    [Fact]
    public async Task ReturnsCodeOutputAndDuration_AndRunsNoShell()
    {
        var result = await Sandbox.Init.ExecAsync(new() { Arguments = ["printf", "%s|", "$HOME", "a b", "*;id"] });
        (result.ExitCode, result.Output, result.TimedOut).ShouldBe((0, "$HOME|a b|*;id|", false));
        result.Duration.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
        (await Sandbox.ShellAsync("kill -9 $$")).ExitCode.ShouldBe(137);
        (await Sandbox.ShellAsync("echo out; echo err >&2; exit 7")).ShouldSatisfyAllConditions(
            failed => failed.ExitCode.ShouldBe(7),
            failed => failed.Output.ShouldBe("out\n"),
            failed => failed.Errors.ShouldBe("err\n")
        );
        (await Sandbox.ShellAsync("sleep 60", TimeSpan.FromMilliseconds(200))).TimedOut.ShouldBeTrue();
    }

    private IReadOnlyList<int> HostProcesses() => Limits.CgroupReading.Pids(Sandbox.Runtime);

    public sealed class Started : IAsyncLifetime
    {
        internal SandboxLab Lab { get; } = new();

        internal SandboxSpec Spec { get; private set; } = null!;

        internal ISandbox Sandbox { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Spec = Lab.Spec();
            Sandbox = await Lab.StartAsync(Spec);
        }

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }
}
