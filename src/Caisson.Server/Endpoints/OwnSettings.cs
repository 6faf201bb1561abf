using System.Text.Json;
using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>What the server itself reads of a person's settings, which are otherwise the web app's.</summary>
internal static class OwnSettings
{
    /// <summary>The key of the repository of one's own settings.</summary>
    internal const string DotfilesKey = "dotfiles";

    internal static Person Person(IdentityServices identity, User user) =>
        new(user.Id, user.Name, user.Address, Dotfiles(identity, user.Id));

    internal static string? Dotfiles(IdentityServices identity, string user)
    {
        using var settings = JsonDocument.Parse(identity.Settings.Get(user).Json);
        return settings.RootElement.TryGetProperty(DotfilesKey, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }
}
