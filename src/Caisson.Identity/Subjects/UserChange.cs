namespace Caisson.Identity.Subjects;

/// <param name="Before">The user as they were, when the change was made.</param>
/// <param name="Problem"><c>unknown_user</c> or <c>last_admin</c>.</param>
public sealed record UserChange(User? Before, string? Problem)
{
    internal static readonly UserChange Unknown = new(null, "unknown_user");
    internal static readonly UserChange LastAdmin = new(null, "last_admin");

    internal static UserChange Done(User before) => new(before, null);
}
