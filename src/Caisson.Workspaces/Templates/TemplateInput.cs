using Caisson.Api;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Templates;

/// <summary>Turns a template and what a person filled in into what a workspace is made from.</summary>
internal static class TemplateInput
{
    private const string Home = "/home/agent";
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <param name="dotfiles">The person's own setting, for a request that says nothing of it.</param>
    /// <exception cref="SandboxException"><c>invalid_parameters</c> with every wrong field.</exception>
    internal static WorkspaceDocument Document(
        string workspace,
        TemplateVersion template,
        TemplateCatalog catalog,
        NewWorkspaceRequest request,
        (string Name, string Address) person,
        string? dotfiles
    )
    {
        var manifest = template.Manifest;
        var allowed = catalog.PoliciesOf(manifest);
        var errors = new List<string>();
        if (WorkspaceFields.WhyNotName(request.Name ?? manifest.Name) is { } name)
            errors.Add($"name: {name}");
        if (WorkspaceFields.WhyNotTitle(request.Title ?? request.Name ?? manifest.Name) is { } title)
            errors.Add($"title: {title}");
        var preset = request.Preset is { } chosen ? manifest.Presets.FirstOrDefault(known => known.Name == chosen) : null;
        if (request.Preset is not null && preset is null)
            errors.Add($"preset: the template has none of this name; it has {Names(manifest.Presets.Select(known => known.Name))}");
        foreach (var policy in (request.Policies ?? []).Where(policy => !allowed.Contains(policy)))
            errors.Add($"policies: '{policy}' is not one of this template; it has {Names(allowed)}");
        dotfiles = request.Dotfiles ?? dotfiles;
        if (dotfiles is { Length: > 0 } && WorkspaceFields.WhyNotDotfiles(dotfiles) is { } url)
            errors.Add($"dotfiles: {url}");
        var policies = request.Policies ?? (preset is { Policies.Count: > 0 } ? preset.Policies : allowed);
        var values = Check(
            manifest,
            preset,
            request.Parameters ?? Nothing,
            () => catalog.CredentialsOf([.. policies.Where(allowed.Contains)]),
            errors
        );
        if (errors.Count > 0)
            throw new SandboxException(
                "invalid_parameters",
                "What was filled in is not what the template takes; nothing was made.",
                $"caisson template show {manifest.Name} lists what it takes.",
                details: errors
            );
        var secrets = manifest.Parameters.Where(parameter => parameter.Type == ParameterType.Secret && values.ContainsKey(parameter.Name));
        return new WorkspaceDocument
        {
            Policies = policies,
            Preset = preset?.Name,
            Dotfiles = dotfiles is { Length: > 0 } ? dotfiles : null,
            Projects = manifest.Projects,
            Repositories = [.. manifest.Repositories.Select(repository => repository with { Url = Fill(repository.Url, values) })],
            Driver = manifest.Driver,
            Idle = manifest.Idle,
            Recording = manifest.Recording,
            Isolation = "namespaces",
            Parameters = values,
            Resident = new Resident
            {
                Workspace = workspace,
                Agents = catalog.AgentsOf(manifest),
                Env = manifest.Env.ToDictionary(entry => entry.Key, entry => Fill(entry.Value, values), StringComparer.Ordinal),
                Credentials = secrets.ToDictionary(
                    parameter => parameter.Name.ToUpperInvariant(),
                    parameter => values[parameter.Name],
                    StringComparer.Ordinal
                ),
                StartIn = StartIn(manifest),
                Limits = new ResidentLimits
                {
                    Cpus = manifest.Limits.Cpus?.Value,
                    Memory = manifest.Limits.Memory?.Value,
                    Processes = manifest.Limits.Pids?.Value,
                    Disk = manifest.Limits.Disk?.Value,
                    Files = manifest.Limits.Files?.Value,
                },
                GitName = person.Name,
                GitEmail = person.Address.Contains('@', StringComparison.Ordinal) ? person.Address : null,
            },
        };
    }

    /// <param name="credentials">Names of those that a secret may name; null when the policies can't be read, which the plan then says.</param>
    private static Dictionary<string, string> Check(
        TemplateManifest manifest,
        TemplatePreset? preset,
        IReadOnlyDictionary<string, string> given,
        Func<IReadOnlyList<string>?> credentials,
        List<string> errors
    )
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var unknown in given.Keys.Where(key => manifest.Parameters.All(parameter => parameter.Name != key)))
            errors.Add($"parameters.{unknown[..Math.Min(unknown.Length, 60)]}: the template has no such parameter");
        foreach (var parameter in manifest.Parameters)
        {
            var value =
                given.GetValueOrDefault(parameter.Name) ?? preset?.Parameters.GetValueOrDefault(parameter.Name) ?? parameter.Default;
            if (value is null)
                errors.Add($"parameters.{parameter.Name}: is needed ({parameter.Label})");
            else if (PolicyLoader.WhyNot(parameter, value) is { } why)
                errors.Add($"parameters.{parameter.Name}: {why}");
            else if (parameter.Type == ParameterType.Secret && credentials() is { } known && !known.Contains(value))
                errors.Add($"parameters.{parameter.Name}: the policies have no credential of this name; they have {Names(known)}");
            else
                values[parameter.Name] = value;
        }
        return values;
    }

    private static string StartIn(TemplateManifest manifest) =>
        manifest.StartIn is { } path ? $"{Home}/{path}"
        : manifest.Projects is [var only] ? $"{Home}/projects/{only}"
        : Home;

    private static string Fill(string text, Dictionary<string, string> values)
    {
        foreach (var (name, value) in values)
            text = text.Replace($"{{{{{name}}}}}", value, StringComparison.Ordinal);
        return text;
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";
}
