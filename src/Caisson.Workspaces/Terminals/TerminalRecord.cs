using System.Text.Json.Serialization;

namespace Caisson.Workspaces.Terminals;

/// <summary>What is kept of a terminal on disk, so that the next server finds it again.</summary>
public sealed record TerminalRecord
{
    internal const int UsualRing = 8 << 20;

    public required string Id { get; init; }
    public required string Workspace { get; init; }

    /// <summary>The process's number in the sandbox's PID 1.</summary>
    public required uint Process { get; init; }
    public required string Label { get; init; }
    public required IReadOnlyList<string> Command { get; init; }
    public required string Directory { get; init; }
    public required DateTimeOffset Created { get; init; }
    public int Columns { get; init; }
    public int Rows { get; init; }

    /// <summary>Of its last output, PID 1 keeps as much; null in records from before it could be chosen.</summary>
    public int? RingBytes { get; init; }

    /// <summary>Id of its recording; null when it has none.</summary>
    public string? Recording { get; init; }

    /// <summary>Who asked for its end; null while nobody has.</summary>
    public string? Closing { get; init; }
    public TerminalExit? Exit { get; init; }
}

/// <summary>How a terminal ended.</summary>
/// <param name="Signal">Null when its program ended by itself.</param>
/// <param name="Reason">In words.</param>
public sealed record TerminalExit(int? Code, int? Signal, string Reason, DateTimeOffset Time);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TerminalRecord))]
internal sealed partial class TerminalJson : JsonSerializerContext;
