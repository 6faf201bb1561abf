using Caisson.Identity;
using Caisson.Server.Configuration;

namespace Caisson.Server.Access;

/// <summary>What somebody gets who is seen for the first time.</summary>
internal static class NewRoles
{
    internal static IReadOnlyList<string> Of(AuthOptions auth, string address) =>
        auth.Admins.Contains(address, StringComparer.Ordinal) ? [SiteRoles.Admin, SiteRoles.Member]
        : auth.DefaultRole == "none" ? []
        : [auth.DefaultRole];
}
