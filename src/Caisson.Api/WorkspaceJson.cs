using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>JSON of workspaces, templates and jobs.</summary>
[JsonSerializable(typeof(NewWorkspaceRequest))]
[JsonSerializable(typeof(WorkspaceChange))]
[JsonSerializable(typeof(TransferRequest))]
[JsonSerializable(typeof(DuplicateRequest))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(ExtendRequest))]
[JsonSerializable(typeof(DeletionResponse))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(IReadOnlyList<ShareResponse>))]
[JsonSerializable(typeof(RetryRequest))]
[JsonSerializable(typeof(WorkspaceResponse))]
[JsonSerializable(typeof(WorkspacePage))]
[JsonSerializable(typeof(CreatedResponse))]
[JsonSerializable(typeof(JobAccepted))]
[JsonSerializable(typeof(WhyResponse))]
[JsonSerializable(typeof(JobResponse))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(JobLogResponse))]
[JsonSerializable(typeof(TemplatePage))]
[JsonSerializable(typeof(TemplateResponse))]
[JsonSerializable(typeof(TemplatePlanRequest))]
[JsonSerializable(typeof(TemplatePlanResponse))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true
)]
public sealed partial class WorkspaceJson : JsonSerializerContext;
