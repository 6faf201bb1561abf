using System.Diagnostics;
using Caisson.Init.Landlock;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Landlock;

public sealed class WriteRulesTests
{
    private const string Ptrace = """
        perl -e 'my ($attach, $detach, $pid) = (16, 17, $ARGV[0]); my $call = `uname -m` =~ /aarch64/ ? 117 : 101;
          syscall($call, $attach, $pid + 0, 0, 0) == 0 or die "attach: $!\n"; waitpid($pid, 0x40000000);
          syscall($call, $detach, $pid + 0, 0, 0) == 0 or die "detach: $!\n"; print "traced\n"' 
        """;

    /// <summary>True where the kernel can give a domain; tests of what only a domain does are skipped elsewhere.</summary>
    public static bool IsThere => WriteRules.Version() >= WriteRules.LeastVersion;

    public static bool CanScope => WriteRules.Version() >= 6 && Environment.IsPrivilegedProcess;

    [Fact(Skip = "the kernel has no Landlock", SkipUnless = nameof(IsThere))]
    public async Task Refuses_Writing_WhereOnlyTheMountAllowsIt()
    {
        await using var sandbox = await StartAsync(config => config with { WritablePaths = [] });

        var result = await sandbox.ShellAsync(
            """
            cd /home/agent
            echo x > new; mkdir directory; ln -s a link; echo x > /tmp/file; mv /tmp/file moved; cat /home/agent/given; echo x >> given; rm given
            """
        );

        result.Output.ShouldBe("from the host");
        result.Errors.Split("Permission denied").Length.ShouldBe(7, result.Errors);
        Directory.GetFileSystemEntries(sandbox.Home).Select(Path.GetFileName).ShouldBe(["given"]);
    }

    [Fact]
    public async Task Allows_AllWorkWithFiles_WhereThePlanDoes()
    {
        await using var sandbox = await StartAsync(static config => config);

        var result = await sandbox.ShellAsync(
            """
            set -e
            for place in /home/agent /tmp /run /dev/shm; do
              cd $place; mkdir one two; echo text > one/file; mv one/file two/moved; ln two/moved one/hard; ln -s one symbolic; mkfifo pipe
              perl -e 'truncate "two/moved", 2 or die $!'; : > two/moved; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "s", Listen => 1) or die $!'
              rm -r one two symbolic pipe s
            done
            cd /tmp; echo x > /dev/null; echo 600 > /proc/self/oom_score_adj; git init -q a; cd a; echo x > f; git add .; git -c user.name=a -c user.email=a commit -qm m
            git clone -q /tmp/a /home/agent/b; git -C /home/agent/b log --format=%s
            """
        );

        result.Errors.ShouldBe("");
        result.Output.ShouldBe("m\n");
    }

    [Fact]
    public async Task Lets_TerminalsOfOneSandboxSeeTraceAndSignalEachOther()
    {
        await using var sandbox = await StartAsync(static config => config);
        var one = await sandbox.Client.StartAsync(new StartRequest { Arguments = ["/bin/sleep", "1000"] });
        var pid = (await sandbox.ShellAsync("pgrep -x sleep")).Output.Trim();

        var result = await sandbox.ShellAsync(
            $"tr '\\0' '\\n' < /proc/{pid}/environ | grep ^HOME; {Ptrace.Trim()} {pid}; kill {pid} && echo signalled"
        );

        result.Output.ShouldBe("HOME=/home/agent\ntraced\nsignalled\n", result.Errors);
        one.ShouldNotBeNull();
    }

    [Fact(
        Skip = "the kernel's Landlock does not scope sockets, or only root can enter the sandbox's network",
        SkipUnless = nameof(CanScope)
    )]
    public async Task Keeps_AbstractSocketsOfProcessesFromOutside_OutOfReach()
    {
        await using var sandbox = await StartAsync(static config => config);
        const string Listen =
            "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Local => qq{\\0caisson-test}, Listen => 1) or die $!; $| = 1; print qq{ready\n}; <STDIN>";
        using var listener = Process.Start(
            new ProcessStartInfo("nsenter", ["-t", $"{sandbox.Pid1}", "-n", "perl", "-e", Listen])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        (await listener.StandardOutput.ReadLineAsync().WaitAsync(TestSandbox.Patience)).ShouldBe("ready");

        var result = await sandbox.ShellAsync(
            "perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new(Peer => \"\\0caisson-test\") ? \"connected\" : $!'"
        );
        listener.StandardInput.Close();
        await listener.WaitForExitAsync().WaitAsync(TestSandbox.Patience);

        result.Output.ShouldBe("Operation not permitted", result.Errors);
    }

    [Fact]
    public async Task Fails_TheStart_ForAPathThatIsNotThere()
    {
        await using var sandbox = await TestSandbox.StartAsync(config => config with { WritablePaths = ["/nowhere"] });

        sandbox.Ready.Ready.ShouldBe(!IsThere);
        if (IsThere)
        {
            (sandbox.Ready.Stage, sandbox.Ready.Cause).ShouldBe(
                ("landlock", "opening /nowhere for Landlock: No such file or directory (errno 2)")
            );
        }
    }

    private static async Task<TestSandbox> StartAsync(Func<InitConfig, InitConfig> configure)
    {
        var sandbox = await TestSandbox.StartAsync(configure);
        sandbox.Ready.Ready.ShouldBeTrue(sandbox.Ready.Cause);
        await File.WriteAllTextAsync(Path.Combine(sandbox.Home, "given"), "from the host");
        File.SetUnixFileMode(Path.Combine(sandbox.Home, "given"), (UnixFileMode)0x1B6);
        return sandbox;
    }
}
