using System.Text.Json.Serialization;

namespace Caisson.Api;

/// <summary>JSON of sign-in, people, sessions and tokens.</summary>
[JsonSerializable(typeof(MeResponse))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(NewLinkRequest))]
[JsonSerializable(typeof(NewLinkResponse))]
[JsonSerializable(typeof(IReadOnlyList<LoginProvider>))]
[JsonSerializable(typeof(LogoutResponse))]
[JsonSerializable(typeof(IReadOnlyList<SessionResponse>))]
[JsonSerializable(typeof(NewDeviceLogin))]
[JsonSerializable(typeof(DeviceLoginResponse))]
[JsonSerializable(typeof(DeviceTokenRequest))]
[JsonSerializable(typeof(DeviceLoginView))]
[JsonSerializable(typeof(DeviceAnswerRequest))]
[JsonSerializable(typeof(DeviceAnswerResponse))]
[JsonSerializable(typeof(NewTokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(IReadOnlyList<TokenResponse>))]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UserRolesRequest))]
[JsonSerializable(typeof(UserLinkRequest))]
[JsonSerializable(typeof(DisabledResponse))]
[JsonSerializable(typeof(KnownPeople))]
[JsonSerializable(typeof(HealthCheckPage))]
[JsonSerializable(typeof(HealthCheckResponse))]
[JsonSerializable(typeof(HealthMuteRequest))]
[JsonSerializable(typeof(ReloadResponse))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true
)]
public sealed partial class AccessJson : JsonSerializerContext;
