using System.Globalization;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>checks</c>: a block for each app that should answer, by name.</summary>
internal static class TemplateChecks
{
    private const int Most = 10;
    private static readonly Dictionary<string, bool> Severities = new(StringComparer.Ordinal)
    {
        ["degraded"] = false,
        ["unhealthy"] = true,
    };

    internal static IReadOnlyList<TemplateCheck> Read(YamlNode? node, LoadContext context)
    {
        var checks = new List<TemplateCheck>();
        foreach (var (key, value) in SectionReader.OpenFree(node, "checks", context)?.Entries ?? [])
        {
            var path = $"checks.{LoadContext.Shown(key.Text)}";
            if (!PolicyName.IsValid(key.Text))
                context.Error(key.Place, path, $"the name of a check must match {PolicyName.Pattern}");
            else if (SectionReader.Open(value, path, context, ["url", "interval", "threshold", "fails", "fix"]) is { } section)
                checks.Add(
                    new TemplateCheck(
                        key.Text,
                        Url(section) ?? "",
                        section.Duration("interval", TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), "30s")?.Value
                            ?? TimeSpan.FromSeconds(30),
                        Threshold(section),
                        section.Choice("fails", Severities, [])?.Value ?? false,
                        section.Text("fix")?.Value
                    )
                );
        }
        if (checks.Count > Most)
            context.Error(node!.Place, "checks", $"{Most} are the most");
        return checks;
    }

    /// <summary>Only the sandbox itself: another host would be asked through the exit, as if somebody used the workspace.</summary>
    private static string? Url(SectionReader section)
    {
        if (
            section.Text("url")?.Value is { } url
            && Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            && parsed is { Scheme: "http", Host: "127.0.0.1" or "localhost", UserInfo: "", Fragment: "" }
            && url.All(character => character is > ' ' and < (char)127)
        )
            return url;
        section.Error("url", "must be http://127.0.0.1:PORT/PATH or http://localhost:PORT/PATH: it is asked inside the sandbox, of itself");
        return null;
    }

    private static int Threshold(SectionReader section)
    {
        if (section.Text("threshold")?.Value is not { } text)
            return 3;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times is >= 1 and <= 20)
            return times;
        section.Error("threshold", "must be from 1 to 20: how many looks in a row have to fail");
        return 3;
    }
}
