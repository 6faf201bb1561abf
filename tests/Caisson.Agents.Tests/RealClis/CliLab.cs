using System.Diagnostics;
using Caisson.Agents.Configuration;
using Caisson.Agents.Credentials;
using Caisson.Agents.Store;
using Caisson.Policy.Decisions;
using Caisson.VendorStandIns.Certificates;

namespace Caisson.Agents.Tests.RealClis;

/// <summary>
/// One real CLI with a fresh home made by its provider's plan, as uid 1000 without privileges, in a network namespace that holds loopback and
/// the vendors' stand-ins at their real names and port. Made with bubblewrap alone: the product's driver and gateway have their own tests.
/// </summary>
internal sealed class CliLab : IAsyncDisposable
{
    /// <summary>What the stand-ins accept. Here no gateway replaces placeholders, so the plan's placeholder is the accepted key.</summary>
    private readonly string root = Directory.CreateTempSubdirectory("caisson-cli-").FullName;
    private readonly string? agentDirectory;

    private CliLab(string? agentDirectory, AgentPlan plan)
    {
        this.agentDirectory = agentDirectory;
        Plan = plan;
    }

    internal AgentPlan Plan { get; }

    internal string Workspace => Path.Combine(root, "workspace");

    /// <summary>One line for each request that reached the stand-ins.</summary>
    internal string[] Requests => File.Exists(RequestLog) ? File.ReadAllLines(RequestLog) : [];

    /// <summary>Requests, as <c>METHOD host/path</c>, that the plan's routes would not have let out.</summary>
    internal IEnumerable<string> Refused()
    {
        var table = RouteTable.Compile(Plan.Routes);
        foreach (var (method, target) in Requests.Select(line => line.Split(' ')).Select(words => (words[2], words[3])))
        {
            var slash = target.IndexOf('/');
            var facts = new RequestFacts
            {
                Protocol = RequestProtocol.Http,
                Tls = true,
                Host = target[..slash],
                Port = 443,
                Method = method,
                Path = target[slash..],
            };
            if (table.Decide(facts).Verdict is not Verdict.Allow)
                yield return $"{method} {target}";
        }
    }

    private const string JavaStore = "/etc/ssl/certs/java/cacerts";
    private string Home => Path.Combine(root, "home");
    private string RequestLog => Path.Combine(root, "lab", "requests.log");

    internal static async Task<CliLab> CreateAsync(
        string agent,
        string host,
        AgentCredentialKind kind = AgentCredentialKind.ApiKey,
        Func<AgentPlanRequest, AgentPlanRequest>? change = null
    )
    {
        var (store, directory) = await InstalledAgents.GetAsync(agent);
        var provider = AgentProviders.Find(agent)!;
        var credential = new AgentCredential("vendor", kind, provider.PlaceholderFor(kind, [host]).Create(), [host]);
        var request = new AgentPlanRequest
        {
            Credential = credential,
            WorkingDirectory = "/workspace",
            Build = store.Build(agent),
            Version = store.Pin(agent)!.Version,
        };
        var lab = new CliLab(directory, provider.Plan(change is null ? request : change(request)).Plan.ShouldNotBeNull());
        await lab.PrepareAsync(credential.Placeholder);
        return lab;
    }

    /// <summary>A lab for any command: <c>example.org</c> answers, and only <see cref="CaTrust"/> and Java's store make programs trust it.</summary>
    internal static async Task<CliLab> CreateAsync(params IReadOnlyList<string> command)
    {
        var plan = AgentProviders.Find("custom")!.Plan(new AgentPlanRequest { WorkingDirectory = "/workspace", Arguments = command }).Plan;
        var lab = new CliLab(null, plan.ShouldNotBeNull());
        await lab.PrepareAsync("no key is needed");
        return lab;
    }

    /// <summary>The command line that runs the plan's command.</summary>
    internal List<string> CommandLine()
    {
        List<string> line =
        [
            "bwrap",
            "--unshare-user",
            "--unshare-net",
            "--unshare-pid",
            "--unshare-ipc",
            "--die-with-parent",
            "--uid",
            "0",
            "--gid",
            "0",
        ];
        line.AddRange(["--cap-add", "CAP_NET_BIND_SERVICE", "--clearenv", "--tmpfs", "/"]);
        foreach (var name in (string[])["usr", "etc", "bin", "sbin", "lib", "lib64"])
            line.AddRange(["--ro-bind-try", $"/{name}", $"/{name}"]);
        var runtime = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        line.AddRange([
            "--ro-bind",
            runtime,
            runtime,
            "--ro-bind",
            AppContext.BaseDirectory,
            "/lab/bin",
            "--bind",
            Path.Combine(root, "lab"),
            "/lab/files",
        ]);
        line.AddRange(["--ro-bind", Path.Combine(root, "lab", "hosts"), "/etc/hosts"]);
        if (agentDirectory is not null)
            line.AddRange(["--ro-bind", agentDirectory, $"{AgentStore.MountRoot}/{Plan.Provider}"]);
        if (File.Exists(JavaStore))
            line.AddRange(["--ro-bind", Path.Combine(root, "lab", "cacerts"), JavaStore]);
        line.AddRange(["--bind", Home, "/home/agent", "--bind", Workspace, "/workspace"]);
        line.AddRange(["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--chdir", "/workspace"]);
        foreach (var (name, value) in Environment(runtime))
            line.AddRange(["--setenv", name, value]);
        line.AddRange(["--", "/bin/sh", "/lab/files/start.sh"]);
        line.AddRange(Plan.Command);
        return line;
    }

    /// <summary>Runs the plan's command without a terminal, to its end.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync()
    {
        var line = CommandLine();
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(Plan.StandardInput);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task PrepareAsync(string key)
    {
        foreach (var directory in (string[])[Home, Workspace, Path.Combine(root, "lab")])
            Directory.CreateDirectory(directory);
        using var authority = StandInAuthority.Create(TimeProvider.System);
        var bundle = await File.ReadAllTextAsync("/etc/ssl/certs/ca-certificates.crt") + authority.Pem;
        await File.WriteAllTextAsync(Path.Combine(root, "lab", "bundle.pem"), bundle);
        await File.WriteAllTextAsync(Path.Combine(root, "lab", "authority.pem"), authority.ExportWithKey());
        await File.WriteAllBytesAsync(Path.Combine(root, "lab", "cacerts"), JavaTrustStore.Create("", bundle));
        await HomeConfiguration.ApplyAsync(Plan.Files, new DirectoryHome(Home), TimeProvider.System, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(root, "lab", "key"), key);
        await File.WriteAllTextAsync(
            Path.Combine(root, "lab", "hosts"),
            "127.0.0.1 localhost example.org api.anthropic.com api.openai.com platform.claude.com chatgpt.com auth.openai.com models.opencode.ai registry.npmjs.org "
                + "raw.githubusercontent.com api.github.com github.com downloads.claude.ai\n"
        );
        await File.WriteAllTextAsync(Path.Combine(root, "lab", "start.sh"), Start);
    }

    private IEnumerable<KeyValuePair<string, string>> Environment(string runtime) =>
        [
            KeyValuePair.Create("HOME", "/home/agent"),
            KeyValuePair.Create("PATH", string.Join(':', [.. Plan.Path, "/usr/local/bin", "/usr/bin", "/bin"])),
            KeyValuePair.Create("TERM", "xterm-256color"),
            KeyValuePair.Create("COLORTERM", "truecolor"),
            KeyValuePair.Create("LANG", "C.UTF-8"),
            KeyValuePair.Create("LAB_DOTNET", Path.Combine(runtime, "dotnet")),
            .. CaTrust.Variables("/lab/files/bundle.pem"),
            .. Plan.Environment.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)),
        ];

    /// <summary>Starts the stand-ins, waits for their line, and becomes the agent as uid 1000.</summary>
    private const string Start = """
        mkfifo /tmp/ready
        DOTNET_EnableDiagnostics=0 "$LAB_DOTNET" /lab/bin/Caisson.VendorStandIns.dll --listen 127.0.0.1:443 --ca-in /lab/files/authority.pem --ca-out /tmp/ca.pem \
          --key-file /lab/files/key --log /lab/files/requests.log >/tmp/ready 2>/lab/files/stand-ins.err </dev/null &
        read ready </tmp/ready || { cat /lab/files/stand-ins.err >&2; exit 99; }
        exec unshare --user --map-user=1000 --map-group=1000 -- "$@"
        """;
}
