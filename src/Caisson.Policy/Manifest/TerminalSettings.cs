namespace Caisson.Policy.Manifest;

/// <summary>What a policy says about terminals and what leaves through them: <c>terminal</c>, <c>recording</c>, <c>record_input</c>, <c>files</c>.</summary>
public sealed record TerminalSettings
{
    public Setting<RecordingMode>? Recording { get; init; }
    public Setting<bool>? RecordInput { get; init; }
    public Setting<bool>? Download { get; init; }
    public Setting<int>? Maximum { get; init; }

    /// <summary>Zero: for ever.</summary>
    public Setting<TimeSpan>? Idle { get; init; }
    public Setting<bool>? Banner { get; init; }

    /// <summary>Bytes.</summary>
    public Setting<long>? Ring { get; init; }
}
