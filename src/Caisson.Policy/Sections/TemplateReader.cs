using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>The top level of a workspace template. Keys that a later version brings are refused by name, never passed over.</summary>
internal static class TemplateReader
{
    private static readonly string[] Keys =
    [
        "description",
        "policies",
        "agents",
        "projects",
        "repositories",
        "start_in",
        "env",
        "limits",
        "parameters",
        "presets",
        "driver",
        "idle",
        "recording",
    ];

    private static readonly string[] Later =
    [
        "target",
        "image",
        "base",
        "size",
        "schedule",
        "pool",
        "hooks",
        "teacher_view",
        "require_active_version",
        "max_lifetime",
        "checks",
        "workshop",
    ];

    private static readonly string[] Agents = ["claude", "codex", "opencode"];
    private static readonly Dictionary<string, bool> Drivers = new(StringComparer.Ordinal) { ["bubblewrap"] = true };

    internal static TemplateManifest Read(YamlNode? root, string name, string body, LoadContext context)
    {
        var empty = new TemplateManifest
        {
            Name = name,
            File = context.File,
            Body = body,
        };
        if (root is null or YamlScalar { IsNull: true } || SectionReader.Open(root, "", context, Keys, Later) is not { } section)
            return empty;
        var template = empty with
        {
            Description = section.Text("description")?.Value,
            Policies = Names(section, "policies"),
            Agents = section.Has("agents") ? Known(section, Agents) : null,
            Projects = Projects(section),
            Repositories = TemplateRepositories.Read(section),
            StartIn = StartIn(section),
            Env = Env(section),
            Limits = ResourcesReader.Read(section.Find("limits"), context),
            Parameters = TemplateParameterReader.Read(section.Find("parameters"), context),
            Idle = Idle(section),
            Recording = section.Choice("recording", TerminalReader.Recordings)?.Value,
            Driver = section.Choice("driver", Drivers, ["docker", "microvm", "kubernetes"]) is null ? null : section.Text("driver")?.Value,
        };
        template = template with { Presets = TemplatePresetReader.Read(section.Find("presets"), template, context) };
        foreach (var unknown in Placeholders(template).Where(used => template.Parameters.All(known => known.Name != used)).Distinct())
            context.Unknown(section.Place, "", "parameter in {{…}}", unknown, [.. template.Parameters.Select(known => known.Name)]);
        return template;
    }

    private static IReadOnlyList<string> Names(SectionReader section, string key)
    {
        var names = section.Texts(key);
        foreach (var wrong in names.Where(wrong => !PolicyName.IsValid(wrong)))
            section.Error(key, $"'{LoadContext.Shown(wrong)}' is no name of a policy ({PolicyName.Pattern})");
        return names;
    }

    private static IReadOnlyList<string> Known(SectionReader section, IReadOnlyList<string> words)
    {
        // Here an empty list says something: no agent at all, where the absent key means every installed one.
        if (section.Find("agents") is YamlSequence { Items.Count: 0 })
            return [];
        var given = section.Texts("agents");
        foreach (var wrong in given.Where(wrong => !words.Contains(wrong)))
            section.Context.Unknown(section.PlaceOf("agents"), section.At("agents"), "agent", wrong, words);
        return given;
    }

    private static IReadOnlyList<string> Projects(SectionReader section)
    {
        var folders = section.Texts("projects");
        var beside = Path.GetDirectoryName(Path.GetFullPath(section.Context.File)) ?? "/";
        foreach (var folder in folders)
        {
            if (folder.Length == 0 || folder.Contains('/', StringComparison.Ordinal) || folder.StartsWith('.'))
                section.Error("projects", $"'{LoadContext.Shown(folder)}' is no name of a folder beside the template");
            else if (!Directory.Exists(Path.Combine(beside, folder)))
                section.Error("projects", $"there is no folder '{LoadContext.Shown(folder)}' beside the template");
        }
        return folders;
    }

    private static string? StartIn(SectionReader section)
    {
        if (section.Text("start_in")?.Value is not { } path)
            return null;
        var below = path.StartsWith("~/", StringComparison.Ordinal) ? path[2..] : path;
        if (below.StartsWith('/') || below.Split('/').Contains("..") || below.Length == 0)
            section.Error("start_in", "must be a folder below ~, for example `start_in: ~/projects/app`");
        return below;
    }

    private static TimeSpan? Idle(SectionReader section) =>
        section.Find("idle") is YamlScalar { Text: "never" }
            ? Timeout.InfiniteTimeSpan
            : section.Duration("idle", TimeSpan.FromMinutes(5), TimeSpan.FromDays(30), "60m")?.Value;

    private static IReadOnlyDictionary<string, string> Env(SectionReader section)
    {
        var entries = EnvReader.Read(section.Find("env"), section.Context);
        foreach (var other in entries.Where(entry => entry.Form != EnvForm.Literal))
            section.Error(
                "env",
                $"{other.Name}: a template gives plain texts and {{{{parameters}}}}; what comes from elsewhere belongs in a policy"
            );
        return entries.ToDictionary(entry => entry.Name, entry => entry.Text, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Placeholders(TemplateManifest template)
    {
        foreach (var text in template.Env.Values.Concat(template.Repositories.Select(repository => repository.Url)))
        {
            for (
                var open = text.IndexOf("{{", StringComparison.Ordinal);
                open >= 0;
                open = text.IndexOf("{{", open + 2, StringComparison.Ordinal)
            )
            {
                var close = text.IndexOf("}}", open, StringComparison.Ordinal);
                if (close > open)
                    yield return text[(open + 2)..close];
            }
        }
    }
}
