using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>
/// Reads <c>filesystem</c>. Sources of mounts are checked as written; the driver checks them again where their links really lead.
/// </summary>
internal static class FilesystemReader
{
    private static readonly Dictionary<string, RepositoryMode> Modes = new(StringComparer.Ordinal)
    {
        ["clone"] = RepositoryMode.Clone,
        ["copy"] = RepositoryMode.Copy,
        ["mount"] = RepositoryMode.Mount,
    };

    private static readonly Dictionary<string, bool> Access = new(StringComparer.Ordinal) { ["ro"] = false, ["rw"] = true };

    // Credentials of other tools: whatever the roots allow, these stay outside.
    private static readonly string[] Private =
    [
        ".ssh",
        ".gnupg",
        ".aws",
        ".azure",
        ".kube",
        ".docker",
        ".config/gcloud",
        ".config/gh",
        ".netrc",
        ".git-credentials",
        ".npmrc",
        ".pypirc",
        ".claude",
        ".codex",
    ];

    private static readonly string[] Taken = ["/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/tmp"];

    public static FilesystemSettings Read(YamlNode? node, LoadContext context)
    {
        var section = SectionReader.Open(node, "filesystem", context, ["repo", "mounts", "unsafe_writable"]);
        if (section is null)
            return new FilesystemSettings();
        return new FilesystemSettings
        {
            Repository = section.Choice("repo", Modes),
            Mounts = [.. section.Items("mounts").Select(item => Mount(item.Node, item.Path, context)).OfType<MountSpec>()],
            UnsafeWritable =
            [
                .. section.Items("unsafe_writable").Select(item => Writable(item.Node, item.Path, context)).OfType<Setting<string>>(),
            ],
        };
    }

    private static MountSpec? Mount(YamlNode node, string path, LoadContext context)
    {
        var section = SectionReader.Open(node, path, context, ["source", "path", "mode"]);
        if (section is null)
            return null;
        foreach (var key in new[] { "source", "path" })
        {
            if (!section.Has(key))
                section.Error(key, "is missing");
        }
        var writable = section.Choice("mode", Access)?.Value ?? false;
        if (section.Text("source") is not { } source || section.Text("path") is not { } target)
            return null;
        if (!Rooted(source.Value))
        {
            section.Error("source", "must be an absolute path, or begin with ~/");
            return null;
        }
        var absolute = context.Options.Absolute(source.Value, context.File);
        if (WhyNotSource(absolute, context.Options) is { } problem)
            section.Error("source", problem);
        if (WhyNotTarget(target.Value) is { } wrong)
            section.Error("path", wrong);
        return new MountSpec(absolute, target.Value, writable, section.Origin);
    }

    private static string? WhyNotSource(string source, PolicyLoadOptions options)
    {
        var roots = options.MountRoots.Count > 0 ? options.MountRoots : [options.UserHome];
        if (!roots.Any(root => Under(source, root)))
            return $"{source} is outside the directories that mounts may come from: {string.Join(", ", roots)}";
        foreach (var secret in Private.Select(name => Path.Combine(options.UserHome, name)).Append(options.Home))
        {
            if (Under(source, secret) || Under(secret, source))
                return $"{source} holds {secret}, which is never visible in a sandbox";
        }
        return null;
    }

    private static string? WhyNotTarget(string target)
    {
        if (!target.StartsWith('/') || Path.GetFullPath(target) != target || target == "/")
            return "must be an absolute path below / without '..' and without a slash at its end";
        return Taken.FirstOrDefault(taken => Under(target, taken)) is { } owner
            ? $"lies in {owner}, which belongs to the sandbox itself"
            : null;
    }

    private static Setting<string>? Writable(YamlNode node, string path, LoadContext context)
    {
        if (SectionValues.TextOf(node, path, context) is not { } text)
            return null;
        if (text.Length == 0 || text.StartsWith('/') || text.StartsWith('~') || text.Split('/').Any(part => part is ".." or "." or ""))
        {
            context.Error(node.Place, path, "must be a path within the repository, without '..', for example `.vscode`");
            return null;
        }
        return new Setting<string>(text, context.Origin(node.Place));
    }

    private static bool Rooted(string path) => path is ['/', ..] or "~" or ['~', '/', ..];

    private static bool Under(string path, string root) =>
        path == root || path.StartsWith(root.EndsWith('/') ? root : root + "/", StringComparison.Ordinal);
}
