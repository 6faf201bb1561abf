namespace Caisson.Identity;

/// <summary>What a permission is asked for.</summary>
/// <param name="Type"><c>workspace</c>, <c>user</c>, <c>recording</c>; what is in a workspace has the workspace's owner and shares.</param>
/// <param name="Shares">User id to <c>owner</c>, <c>collaborator</c> or <c>viewer</c>.</param>
public sealed record Resource(string Type, string? Id, string? OwnerId, IReadOnlyDictionary<string, string>? Shares);
