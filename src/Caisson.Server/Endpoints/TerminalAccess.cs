using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Workspaces.Terminals;

namespace Caisson.Server.Endpoints;

/// <summary>A terminal's rights are its workspace's: this finds them for the access layer.</summary>
internal static class TerminalAccess
{
    /// <summary>Null for what does not exist. A sandbox of <c>caisson run</c> is the local user's.</summary>
    internal static Resource? Resource(HttpContext context, TerminalPlace? place) =>
        place is null
            ? null
            : new Resource(
                "workspace",
                place.Workspace,
                place.OwnerId ?? context.RequestServices.GetRequiredService<AccessConfiguration>().Local.Id,
                place.Shares
            );

    /// <summary>What a terminal belongs to; null for an unknown terminal.</summary>
    internal static Resource? Resource(HttpContext context, TerminalService terminals, TerminalSession? session) =>
        Resource(context, session is null ? null : terminals.Place(session.Record.Workspace));

    /// <summary>Whether the caller may type: <c>write</c> or <c>view</c>.</summary>
    internal static bool MayWrite(HttpContext context, Resource resource) => context.May(Permission.TerminalsWrite, resource);
}
