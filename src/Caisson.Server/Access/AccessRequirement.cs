using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>What an endpoint needs of its caller. An endpoint without one keeps the server from starting.</summary>
/// <param name="Permission">Null: to be signed in is enough, unless it is public.</param>
internal sealed record AccessRequirement(Permission? Permission, bool IsPublic);

/// <param name="Name"><c>login</c>, <c>lookup</c> or <c>upload</c>.</param>
internal sealed record RateClass(string Name);
