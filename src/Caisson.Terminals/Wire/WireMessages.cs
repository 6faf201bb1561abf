using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caisson.Terminals.Wire;

/// <summary>The first frame of a client.</summary>
/// <param name="From"><c>live</c>, <c>snapshot</c> or an offset.</param>
/// <param name="Viewer">Key of an earlier HELLO, to go on with its input; null for a new viewer.</param>
public sealed record AttachMessage(int Version, JsonElement From, string? Viewer = null, int? Columns = null, int? Rows = null);

/// <summary>The first frame of the server.</summary>
/// <param name="Epoch">Names this life of the terminal: offsets and sequences of another one mean nothing.</param>
/// <param name="First">Offset of the oldest output byte that is held.</param>
/// <param name="Last">Offset after the newest one.</param>
/// <param name="Mode"><c>write</c> or <c>view</c>.</param>
/// <param name="Viewer">Key to attach with again.</param>
/// <param name="InputSequence">Input bytes of this viewer that the terminal has.</param>
public sealed record HelloMessage(
    int Version,
    string Terminal,
    string Epoch,
    long First,
    long Last,
    int Columns,
    int Rows,
    string Title,
    string Mode,
    bool Recording,
    string Viewer,
    long InputSequence,
    WireLimits Limits
);

/// <param name="Frame">Bytes of the longest frame that a client may send.</param>
/// <param name="InFlight">Bytes of output that the server sends ahead of the last ACK.</param>
public sealed record WireLimits(int Frame, int InFlight);

/// <summary>What has changed; what is null has not.</summary>
public sealed record StateMessage(string? Title = null, string? Mode = null, int? Viewers = null, string? Label = null);

/// <summary>The end of the terminal's program.</summary>
/// <param name="Signal">Null when it ended by itself.</param>
/// <param name="Reason">In words: <c>exited 1</c>, <c>killed by signal 9</c>, <c>closed</c>.</param>
public sealed record ExitMessage(int? Code, int? Signal, string? Reason);

/// <summary>Something that was not done: <c>read_only</c>, <c>bad_size</c>, <c>input_closed</c>.</summary>
public sealed record ErrorMessage(string Code, string Message);

/// <summary>For the person: <c>restart</c>, <c>idle</c>.</summary>
public sealed record NoticeMessage(string Kind, string Message, DateTimeOffset? Until = null);

/// <summary>Serialisers made at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AttachMessage))]
[JsonSerializable(typeof(HelloMessage))]
[JsonSerializable(typeof(StateMessage))]
[JsonSerializable(typeof(ExitMessage))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(NoticeMessage))]
public sealed partial class WireJson : JsonSerializerContext;
