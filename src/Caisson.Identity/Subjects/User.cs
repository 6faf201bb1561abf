namespace Caisson.Identity.Subjects;

/// <param name="Disabled">Since when; null while they may sign in.</param>
public sealed record User(
    string Id,
    string Address,
    string Name,
    IReadOnlySet<string> Roles,
    DateTimeOffset Created,
    DateTimeOffset? LastLogin,
    DateTimeOffset? Disabled
);
