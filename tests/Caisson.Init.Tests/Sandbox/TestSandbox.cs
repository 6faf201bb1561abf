using System.Diagnostics;
using System.Text.Json;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Tests.Sandbox;

/// <summary>A real sandbox: the published binary as PID 1 under real bubblewrap, run by an unprivileged user when the tests run as root.</summary>
internal sealed class TestSandbox : IAsyncDisposable
{
    internal const string Id = "test-00001";
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int HighUser = 300_000;

    private static readonly string[] s_system =
    [
        "--ro-bind",
        "/usr",
        "/usr",
        "--symlink",
        "usr/bin",
        "/bin",
        "--symlink",
        "usr/lib",
        "/lib",
        "--symlink",
        "usr/lib64",
        "/lib64",
        "--symlink",
        "usr/sbin",
        "/sbin",
    ];

    private readonly Process _bwrap;
    private readonly int _pid1;

    private TestSandbox(Process bwrap, string directory, ReadyReport ready, int pid1)
    {
        (_bwrap, Directory, Ready, _pid1) = (bwrap, directory, ready, pid1);
        Client = new InitClient(Path.Combine(directory, "run/init.sock"));
    }

    internal InitClient Client { get; }

    internal ReadyReport Ready { get; }

    /// <summary>Pid of the sandbox's PID 1, as the host sees it.</summary>
    internal int Pid1 => _pid1;

    /// <summary>Host directory; <c>run</c> below it holds the sockets, <c>home</c> is the agents' home.</summary>
    internal string Directory { get; }

    internal string ExitSocket => Path.Combine(Directory, "run/exit.sock");

    internal string Home => Path.Combine(Directory, "home");

    /// <summary>Starts a sandbox and waits until PID 1 is ready or says why not.</summary>
    internal static async Task<TestSandbox> StartAsync(
        Func<InitConfig, InitConfig>? configure = null,
        bool asRoot = false,
        string[]? moreArguments = null,
        int openFiles = 0,
        bool emptyImage = false
    )
    {
        var directory = Path.Combine(Path.GetTempPath(), $"ci-{Guid.NewGuid():N}"[..11]);
        foreach (var name in new[] { "run", "home", "etc" })
        {
            System.IO.Directory.CreateDirectory(Path.Combine(directory, name));
        }

        var config = new InitConfig
        {
            SandboxId = Id,
            WorkingDirectory = "/home/agent",
            WritablePaths = ["/home/agent"],
            StopGraceMilliseconds = 500,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
                ["HOME"] = "/home/agent",
                ["LANG"] = "C.UTF-8",
            },
        };
        config = configure?.Invoke(config) ?? config;
        await File.WriteAllTextAsync(Path.Combine(directory, "etc/resolv.conf"), "nameserver 127.0.0.1\n");
        await File.WriteAllTextAsync(Path.Combine(directory, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
        await File.WriteAllTextAsync(Path.Combine(directory, "etc/passwd"), "agent:x:1000:1000::/home/agent:/bin/bash\n");
        var drop = !asRoot && Environment.UserName == "root";
        if (drop)
        {
            await RunAsync("chown", "-R", $"{HighUser}:{HighUser}", directory);
        }

        string[] bwrap =
        [
            "bwrap",
            "--unshare-all",
            "--uid",
            "0",
            "--gid",
            "0",
            "--cap-add",
            "ALL",
            "--as-pid-1",
            "--clearenv",
            .. emptyImage ? [] : s_system,
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/tmp",
            "--tmpfs",
            "/run",
            "--ro-bind",
            Path.Combine(directory, "etc"),
            "/etc",
            "--bind",
            Path.Combine(directory, "home"),
            "/home/agent",
            "--bind",
            Path.Combine(directory, "run"),
            "/run/caisson",
            "--ro-bind",
            InitBinary.Path,
            "/caisson-init",
            "--remount-ro",
            "/",
            .. moreArguments ?? [],
        ];
        string[] user = drop ? ["setpriv", "--reuid", $"{HighUser}", "--regid", $"{HighUser}", "--clear-groups", "--inh-caps=-all"] : [];
        string[] limit = openFiles > 0 ? ["prlimit", $"--nofile={openFiles}:{openFiles}"] : [];
        string[] command = [.. limit, .. user, .. bwrap, "/caisson-init", "pid1", "0", "1"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(config.ToJson());
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        line.ShouldNotBeNull(line is null ? await errors : null);
        var ready = JsonSerializer.Deserialize(line, InitJson.Default.ReadyReport)!;
        return new TestSandbox(process, directory, ready, ready.Ready ? ChildOf(process.Id) : 0);
    }

    /// <summary>Runs a shell script as the agents' user.</summary>
    internal Task<ExecResult> ShellAsync(string script, ProcessUser user = ProcessUser.Agent) =>
        Client
            .ExecAsync(
                new ExecRequest
                {
                    Arguments = ["/bin/bash", "-c", script],
                    User = user,
                    Timeout = Patience,
                }
            )
            .WaitAsync(Patience);

    /// <summary>Waits for the sandbox's end and returns PID 1's exit status.</summary>
    internal async Task<int> EndAsync()
    {
        await _bwrap.WaitForExitAsync().WaitAsync(Patience);
        return _bwrap.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_pid1 > 1 && !_bwrap.HasExited) // 0 would mean our own process group
        {
            try
            {
                using var one = Process.GetProcessById(_pid1);
                one.Kill();
            }
            catch (ArgumentException)
            {
                // It ended in this moment.
            }
        }

        await EndAsync();
        _bwrap.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Runs a program outside as the user that the sandbox's processes have on the host.</summary>
    internal Task<string> AsItsUserAsync(params string[] command)
    {
        var owner = File.ReadLines($"/proc/{_pid1}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        return Environment.UserName == "root"
            ? RunAsync("setpriv", ["--reuid", owner, "--regid", owner, "--clear-groups", .. command])
            : RunAsync(command[0], command[1..]);
    }

    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private static int ChildOf(int pid) => int.Parse(File.ReadAllText($"/proc/{pid}/task/{pid}/children").Trim().Split(' ')[0]);
}
