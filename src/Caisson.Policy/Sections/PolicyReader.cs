using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>The top level of a policy. To add a key: move it from <see cref="Later"/> to <see cref="Keys"/>, and read it in its section.</summary>
internal static class PolicyReader
{
    public static readonly string[] Keys =
    [
        "description",
        "env",
        "agent",
        "driver",
        "isolation",
        "resources",
        "filesystem",
        "network",
        "credentials",
        "routes",
        "git",
        "log",
        "recording",
        "record_input",
        "files",
        "terminal",
        "detect",
    ];

    public static readonly string[] Later =
    [
        "extends",
        "reset",
        "image",
        "runtime",
        "budgets",
        "supervision",
        "mcp",
        "skills",
        "tests",
        "shell",
        "share",
        "review",
    ];

    private static readonly Dictionary<string, IsolationLevel> Levels = new(StringComparer.Ordinal)
    {
        ["vm"] = IsolationLevel.Vm,
        ["gvisor"] = IsolationLevel.Gvisor,
        ["namespaces"] = IsolationLevel.Namespaces,
        ["process"] = IsolationLevel.Process,
        ["platform-only"] = IsolationLevel.PlatformOnly,
    };

    private static readonly Dictionary<string, LogLevel> Logs = new(StringComparer.Ordinal)
    {
        ["off"] = LogLevel.Off,
        ["denied"] = LogLevel.Denied,
        ["all"] = LogLevel.All,
    };

    private static readonly Dictionary<string, bool> Drivers = new(StringComparer.Ordinal) { ["bubblewrap"] = true };

    public static PolicyManifest Read(YamlNode? root, string name, string body, LoadContext context)
    {
        var empty = new PolicyManifest
        {
            Name = name,
            File = context.File,
            Body = body,
        };
        if (root is null or YamlScalar { IsNull: true })
            return empty;
        var section = SectionReader.Open(root, "", context, Keys, Later);
        if (section is null)
            return empty;
        var driver = section.Choice("driver", Drivers, ["docker", "microvm", "kubernetes"]);
        var network = SectionReader.Open(section.Find("network"), "network", context, ["proxy_env"], ["ports"]);
        return empty with
        {
            Description = section.Text("description"),
            Env = EnvReader.Read(section.Find("env"), context),
            Agent = AgentReader.Read(section.Find("agent"), context),
            Driver = driver is null ? null : section.Text("driver"),
            Isolation = section.Choice("isolation", Levels),
            Resources = ResourcesReader.Read(section.Find("resources"), context),
            Filesystem = FilesystemReader.Read(section.Find("filesystem"), context),
            ProxyEnv = network?.Boolean("proxy_env"),
            Credentials = CredentialsReader.Read(section.Find("credentials"), context),
            Routes = RoutesReader.Read(section.Find("routes"), context),
            GitUser = GitReader.Read(section.Find("git"), "git", context),
            Terminal = TerminalReader.Read(section, context),
            Detect = DetectReader.Read(section.Find("detect"), "detect", context),
            Log = section.Choice("log", Logs),
        };
    }
}
