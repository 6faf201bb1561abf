namespace Caisson.Policy.Manifest;

/// <summary>One workspace template as written, valid in itself. It names what the operator allows; it never widens a policy.</summary>
public sealed record TemplateManifest
{
    /// <summary>The file's name without <c>.md</c>.</summary>
    public required string Name { get; init; }
    public required string File { get; init; }

    /// <summary>The Markdown after the front matter: for people.</summary>
    public string Body { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>Names of policies, in order. Empty: the installation's <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Null: every agent that is installed. Empty: none, a plain place.</summary>
    public IReadOnlyList<string>? Agents { get; init; }

    /// <summary>Folders beside the template file, copied to <c>~/projects</c> at the first start.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];
    public IReadOnlyList<TemplateRepository> Repositories { get; init; } = [];

    /// <summary>Below <c>~</c>: where terminals and agents begin. Null: the only project, else <c>~</c>.</summary>
    public string? StartIn { get; init; }

    /// <summary>Literal values; <c>{{name}}</c> stands for a parameter.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>In place of the policy's <c>resources</c>.</summary>
    public ResourceSettings Limits { get; init; } = new();
    public IReadOnlyList<TemplateParameter> Parameters { get; init; } = [];

    /// <summary>Ways to fill the form in, the best known first.</summary>
    public IReadOnlyList<TemplatePreset> Presets { get; init; } = [];
    public string? Driver { get; init; }

    /// <summary>How long without use before it is stopped; infinite: never. Null: as the installation says.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Asks for more than the policies do, never for less. Null: as they say.</summary>
    public RecordingMode? Recording { get; init; }
}

/// <param name="Url">Fetched from inside, through the exit. May hold <c>{{name}}</c>.</param>
/// <param name="Directory">Name of the folder below <c>~/projects</c>.</param>
public sealed record TemplateRepository(string Url, string Directory);

/// <summary>Values under one name. What a person fills in besides goes before them.</summary>
/// <param name="Policies">Some of the template's; empty: all.</param>
public sealed record TemplatePreset(
    string Name,
    string Label,
    string? Description,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<string> Policies
);

public enum ParameterType
{
    Text,
    Number,
    Choice,

    /// <summary>The name of a credential of the policies; never a value.</summary>
    Secret,
}

/// <summary>What a person fills in when they make a workspace.</summary>
public sealed record TemplateParameter
{
    public required string Name { get; init; }
    public required ParameterType Type { get; init; }
    public required string Label { get; init; }

    /// <summary>A sentence beside the field.</summary>
    public string? Help { get; init; }

    /// <summary>Null: has to be given.</summary>
    public string? Default { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }

    /// <summary>A regular expression that the whole text has to match.</summary>
    public string? Pattern { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];
}
