using Caisson.Detection.Checks;
using Caisson.Detection.Findings;
using Caisson.Policy;
using Caisson.Policy.Loading;
using Caisson.Policy.Yaml;

namespace Caisson.Detection.Rules;

/// <summary>Reads rule files. A rule with a fault is left out and named; the others of its file work.</summary>
public static class RuleReader
{
    /// <summary>
    /// Taken out of examples before they are tried. Written into the middle of an example it keeps the rule file itself from being a finding, of ours or of any
    /// other scanner.
    /// </summary>
    public const string Break = "<>";

    private static readonly string[] Keys =
    [
        "id",
        "description",
        "severity",
        "keywords",
        "pattern",
        "before",
        "longest",
        "boundary",
        "entropy",
        "checks",
        "near",
        "examples",
        "counter_examples",
    ];

    private static readonly Dictionary<string, Severity> Severities = new(StringComparer.Ordinal)
    {
        ["low"] = Severity.Low,
        ["medium"] = Severity.Medium,
        ["high"] = Severity.High,
        ["critical"] = Severity.Critical,
    };

    /// <param name="text">YAML with the one key <c>rules</c>, a list.</param>
    /// <param name="file">For messages.</param>
    public static RuleLoadResult Read(string text, string file) => Read(text, file, tryExamples: true);

    internal static RuleLoadResult Read(string text, string file, bool tryExamples)
    {
        var context = new LoadContext(file, Layer.Policy, new PolicyLoadOptions { Home = "/", UserHome = "/" });
        var root = YamlReader.Read(text, 0, (place, message) => context.Error(place, "", message));
        var rules = new List<CompiledRule>();
        foreach (var (node, path) in SectionReader.Open(root, "", context, ["rules"])?.Items("rules") ?? [])
        {
            var before = context.Errors.Count;
            var rule = SectionReader.Open(node, path, context, Keys) is { } section ? Rule(section) : null;
            if (rule is null || context.Errors.Count > before)
                continue;
            if (rules.Exists(other => other.Rule.Id == rule.Id))
                context.Error(node.Place, path + ".id", $"'{rule.Id}' stands twice");
            else if ((tryExamples ? CompiledRule.Make(rule, out var fault) : CompiledRule.Shallow(rule, out fault)) is { } compiled)
                rules.Add(compiled);
            else
                context.Error(node.Place, path, $"{rule.Id}: {fault}");
        }
        return new RuleLoadResult(rules, context.Errors);
    }

    private static Rule? Rule(SectionReader section)
    {
        foreach (var key in (string[])["id", "description", "severity", "keywords", "pattern", "examples", "counter_examples"])
        {
            if (!section.Has(key))
                section.Context.Error(section.Place, section.Path, $"`{key}` is missing");
        }
        foreach (var check in section.Texts("checks").Where(name => !ValueChecks.Exists(name)))
            section.Error("checks", $"no such check: {check}; there are {string.Join(", ", ValueChecks.Names)}");
        var severity = section.Choice("severity", Severities);
        if (section.Text("id") is not { } id || section.Text("pattern") is not { } pattern || severity is null)
            return null;
        return new Rule
        {
            Id = id.Value,
            Description = section.Text("description")?.Value ?? "",
            Severity = severity.Value,
            Keywords = section.Texts("keywords"),
            Pattern = pattern.Value,
            Before = section.Whole("before", 0, Rules.Rule.MostBefore, "64")?.Value ?? 0,
            Longest = section.Whole("longest", 1, Rules.Rule.MostLongest, "200")?.Value ?? Rules.Rule.DefaultLongest,
            Boundary = section.Boolean("boundary")?.Value ?? false,
            Entropy = section.Number("entropy", 0, 8, "3.5")?.Value ?? 0,
            Checks = section.Texts("checks"),
            Near = NearOf(section),
            Examples = [.. section.Texts("examples").Select(Whole)],
            CounterExamples = [.. section.Texts("counter_examples").Select(Whole)],
        };
    }

    private static Near? NearOf(SectionReader section)
    {
        if (section.Find("near") is not { } node)
            return null;
        var near = SectionReader.Open(node, section.At("near"), section.Context, ["pattern", "within"]);
        return near?.Text("pattern") is { } pattern && near.Whole("within", 1, 4096, "200") is { } within
            ? new Near(pattern.Value, within.Value)
            : null;
    }

    private static string Whole(string example) => example.Replace(Break, "", StringComparison.Ordinal);
}

/// <param name="Rules">Those that work.</param>
/// <param name="Errors">Faults, with their places.</param>
public sealed record RuleLoadResult(IReadOnlyList<CompiledRule> Rules, IReadOnlyList<PolicyError> Errors);
