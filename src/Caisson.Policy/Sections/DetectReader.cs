using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>detect</c> of a policy or a route.</summary>
internal static class DetectReader
{
    private static readonly string[] RouteKeys = ["outbound", "on_match"];
    private static readonly string[] Keys = [.. RouteKeys, "canaries"];
    private static readonly string[] Later = ["inbound", "rules"];
    private static readonly string[] LaterDetectors = ["entropy", "fragments"];
    private static readonly string[] Always = ["canary", "structure"];

    private static readonly Dictionary<string, OutboundDetector> Detectors = new(StringComparer.Ordinal)
    {
        ["patterns"] = OutboundDetector.Patterns,
        ["known"] = OutboundDetector.Known,
    };

    private static readonly Dictionary<string, DetectAction> Actions = new(StringComparer.Ordinal)
    {
        ["deny"] = DetectAction.Deny,
        ["hold"] = DetectAction.Hold,
        ["redact"] = DetectAction.Redact,
        ["warn"] = DetectAction.Warn,
    };

    private static readonly Dictionary<string, CanaryPlacement> Placements = new(StringComparer.Ordinal)
    {
        ["env"] = CanaryPlacement.Env,
        ["files"] = CanaryPlacement.Files,
    };

    // Words of other products for the same things.
    private static readonly Dictionary<string, string> Foreign = new(StringComparer.Ordinal) { ["block"] = "deny", ["supervise"] = "hold" };

    public static DetectSettings Read(YamlNode? node, string path, LoadContext context)
    {
        // Decoys are the whole sandbox's.
        var keys = path == "detect" ? Keys : RouteKeys;
        if (SectionReader.Open(node, path, context, keys, Later) is not { } section)
            return new DetectSettings();
        if (section.IsEmpty)
            context.Error(section.Place, path, "is empty: leave the key out instead", null, keys);
        return new DetectSettings
        {
            Outbound = Outbound(section),
            OnMatch = Action(section),
            Canaries = path == "detect" ? section.Choice("canaries", Placements) : null,
        };
    }

    private static Setting<IReadOnlyList<OutboundDetector>>? Outbound(SectionReader section)
    {
        if (section.Find("outbound") is not { } node)
            return null;
        var origin = section.Context.Origin(node.Place);
        if (node is YamlScalar { IsPlain: true, Text: "false" })
            return new Setting<IReadOnlyList<OutboundDetector>>([], origin);
        if (node is not YamlSequence)
        {
            section.Error("outbound", "must be a list of detectors, or false");
            return null;
        }
        var detectors = new List<OutboundDetector>();
        foreach (var (item, path) in section.Items("outbound"))
        {
            if (SectionValues.TextOf(item, path, section.Context) is not { } name)
                continue;
            if (Detectors.TryGetValue(name, out var detector))
                detectors.Add(detector);
            else if (LaterDetectors.Contains(name))
                section.Context.NotYet(item.Place, path, name);
            else if (!Always.Contains(name))
                section.Context.Unknown(item.Place, path, "detector", name, [.. Detectors.Keys, .. Always]);
        }
        return new Setting<IReadOnlyList<OutboundDetector>>([.. detectors.Distinct()], origin);
    }

    private static Setting<DetectAction>? Action(SectionReader section)
    {
        if (section.Text("on_match") is { } text && Foreign.TryGetValue(text.Value, out var ours))
        {
            section.Context.Error(
                section.Find("on_match")!.Place,
                section.At("on_match"),
                $"unknown value '{text.Value}'",
                ours,
                [.. Actions.Keys]
            );
            return null;
        }
        return section.Choice("on_match", Actions);
    }
}
