using Caisson.Policy.Manifest;

namespace Caisson.Policy.Composition;

/// <summary>What holds for the terminals of a launch, each with its origin.</summary>
/// <param name="RecordInput">Whether recordings hold what is typed, too; never while the terminal shows none of it.</param>
/// <param name="Download">Whether files may be fetched out of the workspace.</param>
/// <param name="Maximum">Terminals that may be open at a time.</param>
/// <param name="Idle">How long one may be without viewer and input; zero is for ever.</param>
/// <param name="Banner">Whether a new shell begins with two lines about where it is.</param>
/// <param name="Ring">Bytes of a terminal's last output that are kept.</param>
public sealed record TerminalRules(
    Setting<RecordingMode> Recording,
    Setting<bool> RecordInput,
    Setting<bool> Download,
    Setting<int> Maximum,
    Setting<TimeSpan> Idle,
    Setting<bool> Banner,
    Setting<long> Ring
);
