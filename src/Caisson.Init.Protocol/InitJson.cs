using System.Text.Json.Serialization;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Protocol.Probe;

namespace Caisson.Init.Protocol;

/// <summary>Serialisers generated at build time: PID 1 is compiled ahead of time and has no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(InitConfig))]
[JsonSerializable(typeof(ReadyReport))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StartedProcess))]
[JsonSerializable(typeof(AttachRequest))]
[JsonSerializable(typeof(AttachedProcess))]
[JsonSerializable(typeof(ProcessExit))]
[JsonSerializable(typeof(ResizeRequest))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(ProcessReference))]
[JsonSerializable(typeof(CloseRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(SpilledRing))]
[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(CopySummary))]
[JsonSerializable(typeof(ProcessList))]
[JsonSerializable(typeof(InitInfo))]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(ProbeRequest))]
[JsonSerializable(typeof(ProbeReport))]
public sealed partial class InitJson : JsonSerializerContext;
