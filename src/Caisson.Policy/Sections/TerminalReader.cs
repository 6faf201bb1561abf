using Caisson.Init.Protocol.Control;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>terminal</c>, <c>recording</c>, <c>record_input</c> and <c>files</c>.</summary>
internal static class TerminalReader
{
    /// <summary>The words of <c>recording</c>, in a policy and in a template.</summary>
    internal static readonly Dictionary<string, RecordingMode> Recordings = new(StringComparer.Ordinal)
    {
        ["off"] = RecordingMode.Off,
        ["on"] = RecordingMode.On,
        ["required"] = RecordingMode.Required,
    };

    internal static TerminalSettings Read(SectionReader policy, LoadContext context)
    {
        var files = SectionReader.Open(policy.Find("files"), "files", context, ["download"]);
        var terminal = SectionReader.Open(policy.Find("terminal"), "terminal", context, ["maximum", "idle", "banner", "ring"]);
        return new TerminalSettings
        {
            Recording = policy.Choice("recording", Recordings),
            RecordInput = policy.Boolean("record_input"),
            Download = files?.Boolean("download"),
            Maximum = terminal?.Whole("maximum", 1, 100, "10"),
            Idle = terminal is null ? null : Idle(terminal),
            Banner = terminal?.Boolean("banner"),
            Ring = terminal?.Size("ring", RingBounds.Least, RingBounds.Most, "8MiB"),
        };
    }

    private static Setting<TimeSpan>? Idle(SectionReader terminal) =>
        terminal.Find("idle") is YamlScalar { Text: "never" } never
            ? new Setting<TimeSpan>(TimeSpan.Zero, terminal.Context.Origin(never.Place))
            : terminal.Duration("idle", TimeSpan.FromMinutes(5), TimeSpan.FromDays(365), "24h, or `never`");
}
