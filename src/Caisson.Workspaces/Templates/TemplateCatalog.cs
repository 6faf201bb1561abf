using System.Security.Cryptography;
using System.Text;
using Caisson.Agents.Store;
using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Sections;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Templates;

/// <param name="Hash">Of the file and of every file of its projects: it names this version.</param>
/// <param name="Directory">Where its projects are.</param>
public sealed record TemplateVersion(TemplateManifest Manifest, string Hash, string Directory);

/// <summary>The templates of <c>$CAISSON_HOME/templates</c>; without any there is a built-in <c>default</c>.</summary>
public sealed class TemplateCatalog(CaissonDirectories directories, AgentStore agents)
{
    public const string BuiltIn = "default";

    private const string DefaultPolicy = "default";

    /// <summary>Those that load, by name, and the faults of the others.</summary>
    public (IReadOnlyList<TemplateVersion> Templates, IReadOnlyList<string> Faults) List()
    {
        var templates = new List<TemplateVersion>();
        var faults = new List<string>();
        foreach (var file in Files())
        {
            var (template, errors) = Load(file);
            if (template is not null)
                templates.Add(template);
            faults.AddRange(errors);
        }
        if (templates.Count == 0 && faults.Count == 0)
            templates.Add(Default());
        return (templates, faults);
    }

    /// <exception cref="SandboxException"><c>unknown_template</c>, or <c>template_invalid</c> with every fault of the file.</exception>
    public TemplateVersion Get(string name)
    {
        var file = Path.Combine(directories.Templates, name + ".md");
        if (PolicyName.IsValid(name) && File.Exists(file))
        {
            var (template, errors) = Load(file);
            return template
                ?? throw new SandboxException("template_invalid", $"The template {name} has errors; nothing was made.", details: errors);
        }
        if (name == BuiltIn && !Files().Any())
            return Default();
        throw new SandboxException("unknown_template", $"There is no template '{name}'.", "caisson template ls");
    }

    /// <summary>Agents of a workspace made from it: those named, or every installed one.</summary>
    public IReadOnlyList<string> AgentsOf(TemplateManifest template) =>
        template.Agents
        ??
        [
            .. Agents
                .AgentProviders.All.Where(provider => provider is { Unavailable: null, Name: not "custom" })
                .Select(provider => provider.Name)
                .Where(name => agents.State(name).Status == AgentStoreStatus.Ready),
        ];

    /// <summary>Policies of a workspace made from it: those named, or the installation's default.</summary>
    public IReadOnlyList<string> PoliciesOf(TemplateManifest template) =>
        template.Policies.Count > 0 ? template.Policies
        : File.Exists(Path.Combine(directories.Policies, DefaultPolicy + ".md")) ? [DefaultPolicy]
        : [];

    /// <summary>The hash of the template as it is now; null for one that is gone or broken.</summary>
    public string? VersionOf(string name)
    {
        try
        {
            return Get(name).Hash;
        }
        catch (Exception exception) when (exception is SandboxException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Names of the credentials that these policies have together; null when they can't be read.</summary>
    public IReadOnlyList<string>? CredentialsOf(IReadOnlyList<string> policies)
    {
        if (policies.Count == 0)
            return [];
        var composed = PolicyComposer.Load(policies, PolicyLoadOptions.FromEnvironment() with { Home = directories.Home });
        return composed.Policy is { } policy ? [.. policy.Credentials.Select(credential => credential.Name)] : null;
    }

    private IEnumerable<string> Files() =>
        Directory.Exists(directories.Templates)
            ? Directory.EnumerateFiles(directories.Templates, "*.md").Order(StringComparer.Ordinal)
            : [];

    private (TemplateVersion? Template, IReadOnlyList<string> Errors) Load(string file)
    {
        var options = PolicyLoadOptions.FromEnvironment() with { Home = directories.Home };
        var result = PolicyLoader.LoadTemplate(file, options);
        return result.Template is { } manifest
            ? (new TemplateVersion(manifest, Hash(file, manifest), directories.Templates), [])
            : (null, [.. result.Errors.Select(error => error.ToString())]);
    }

    private TemplateVersion Default()
    {
        var manifest = new TemplateManifest
        {
            Name = BuiltIn,
            File = "built in",
            Description = "An empty home with every installed agent, under the installation's default policy.",
        };
        return new TemplateVersion(manifest, Text(SHA256.HashData("caisson built-in default 1"u8)), directories.Templates);
    }

    private string Hash(string file, TemplateManifest manifest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, file, "template");
        foreach (var project in manifest.Projects)
        {
            foreach (var (path, full) in ProjectFiles.Of(Path.Combine(directories.Templates, project)))
            {
                if (new FileInfo(full).LinkTarget is { } target)
                    hash.AppendData(Encoding.UTF8.GetBytes($"{project}/{path}\0{target}\0"));
                else
                    Add(hash, full, $"{project}/{path}");
            }
        }
        return Text(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, string file, string name)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(name + "\0"));
        using var content = File.OpenRead(file);
        hash.AppendData(SHA256.HashData(content));
    }

    private static string Text(byte[] hash) => $"sha256:{Convert.ToHexStringLower(hash)}";
}
