using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>JSON of the REST API, shared by server and command line so that neither can drift.</summary>
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(PlanResponse))]
[JsonSerializable(typeof(SandboxResponse))]
[JsonSerializable(typeof(SandboxList))]
[JsonSerializable(typeof(ProcessRequest))]
[JsonSerializable(typeof(ProcessResponse))]
[JsonSerializable(typeof(ProcessExit))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(TeardownResponse))]
[JsonSerializable(typeof(FinishResponse))]
[JsonSerializable(typeof(PatchResponse))]
[JsonSerializable(typeof(LogResponse))]
[JsonSerializable(typeof(VersionResponse))]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(AgentResponse))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(CredentialList))]
[JsonSerializable(typeof(CredentialResponse))]
[JsonSerializable(typeof(CredentialValueRequest))]
[JsonSerializable(typeof(TerminalSize))]
[JsonSerializable(typeof(NewTerminalRequest))]
[JsonSerializable(typeof(TerminalResponse))]
[JsonSerializable(typeof(TerminalList))]
[JsonSerializable(typeof(TerminalPatch))]
[JsonSerializable(typeof(TerminalInput))]
[JsonSerializable(typeof(TerminalInputTaken))]
[JsonSerializable(typeof(TerminalViewerList))]
[JsonSerializable(typeof(TerminalViewerMode))]
[JsonSerializable(typeof(TerminalSearch))]
[JsonSerializable(typeof(TerminalCapacity))]
[JsonSerializable(typeof(UploadResponse))]
[JsonSerializable(typeof(RecordingList))]
[JsonSerializable(typeof(RecordingHold))]
[JsonSerializable(typeof(RecordingIndex))]
[JsonSerializable(typeof(RecordingMatches))]
[JsonSerializable(typeof(RecordingChecks))]
[JsonSerializable(typeof(Problem))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true
)]
public sealed partial class ApiJson : JsonSerializerContext;
