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

    /// <param name="policies">A narrower choice of the template's policies, or null for all.</param>
    /// <exception cref="SandboxException"><c>invalid_parameters</c> with every wrong field.</exception>
    internal static WorkspaceDocument Document(
        string workspace,
        TemplateVersion template,
        TemplateCatalog catalog,
        IReadOnlyDictionary<string, string>? given,
        IReadOnlyList<string>? policies,
        (string Name, string Address) person
    )
    {
        var manifest = template.Manifest;
        var allowed = catalog.PoliciesOf(manifest);
        var (values, errors) = Check(manifest, given ?? new Dictionary<string, string>(StringComparer.Ordinal));
        errors.AddRange(
            (policies ?? [])
                .Where(policy => !allowed.Contains(policy))
                .Select(policy => $"policies: '{policy}' is not one of this template")
        );
        if (errors.Count > 0)
            throw new SandboxException(
                "invalid_parameters",
                "What was filled in is not what the template takes; nothing was made.",
                $"caisson template plan {manifest.Name} shows the parameters.",
                details: errors
            );
        var secrets = manifest.Parameters.Where(parameter => parameter.Type == ParameterType.Secret && values.ContainsKey(parameter.Name));
        return new WorkspaceDocument
        {
            Policies = policies ?? allowed,
            Projects = manifest.Projects,
            Repositories = [.. manifest.Repositories.Select(repository => repository with { Url = Fill(repository.Url, values) })],
            Driver = manifest.Driver,
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

    private static (Dictionary<string, string> Values, List<string> Errors) Check(
        TemplateManifest manifest,
        IReadOnlyDictionary<string, string> given
    )
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var errors = new List<string>();
        foreach (var unknown in given.Keys.Where(key => manifest.Parameters.All(parameter => parameter.Name != key)))
            errors.Add($"parameters.{unknown}: the template has no such parameter");
        foreach (var parameter in manifest.Parameters)
        {
            if ((given.GetValueOrDefault(parameter.Name) ?? parameter.Default) is not { } value)
                errors.Add($"parameters.{parameter.Name}: is needed ({parameter.Label})");
            else if (PolicyLoader.WhyNot(parameter, value) is { } why)
                errors.Add($"parameters.{parameter.Name}: {why}");
            else
                values[parameter.Name] = value;
        }
        return (values, errors);
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
}
