using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>A second right to what is open, such as typing where one looks.</summary>
/// <param name="Told">Whether it is there now: called each time that it was asked, one call after the other.</param>
internal sealed record FurtherRight(Permission Permission, Action<bool> Told);
