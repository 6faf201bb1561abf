using Caisson.Identity;
using Caisson.Identity.Subjects;
using Caisson.Server.Tests.Api;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Tests.Parity;

/// <summary>The one workspace that everybody asks for, and the ids that routes are filled with.</summary>
internal sealed class ParityPlace(ServerLab lab, WorkspaceRecord workspace, User other)
{
    private string? _terminal;

    public WorkspaceRecord Workspace => workspace;

    /// <summary>The route's address with ids of what is there.</summary>
    internal async Task<string> FillAsync(ApiRoute route)
    {
        var runs =
            route.Path.StartsWith("/api/v1/terminals/", StringComparison.Ordinal)
            || route.Path.StartsWith("/api/v1/recordings/{id}", StringComparison.Ordinal);
        if (runs && (_terminal is null || lab.Server.Terminals.Find(_terminal) is not { Record.Exit: null }))
            _terminal = (await lab.TerminalAsync(workspace)).Id;
        // People and sessions that nobody here is: what is done to them changes no other answer.
        return Fill(
            route,
            part =>
                part switch
                {
                    "workspaces" => workspace.Id,
                    "jobs" => workspace.Job!,
                    "terminals" => _terminal!,
                    "recordings" => lab.Server.Recordings.List().Single(recording => recording.Terminal == _terminal).Id,
                    "users" or "shares" => other.Id,
                    "at" => "owner@example.com",
                    "owner@example.com" => workspace.Name,
                    _ => "default",
                }
        );
    }

    /// <summary>The same with ids that never were.</summary>
    internal static string Nowhere(ApiRoute route) =>
        Fill(
            route,
            part =>
                part switch
                {
                    "workspaces" => Identifier.New('w'),
                    "jobs" => Identifier.New('j'),
                    "terminals" => Identifier.New('t'),
                    "recordings" => Identifier.New('r'),
                    "users" or "shares" => Identifier.New('u'),
                    "at" => "owner@example.com",
                    "owner@example.com" => "no-such-thing",
                    _ => "default",
                }
        );

    /// <summary>What lets each handler come to its question, and changes as little as possible.</summary>
    internal static string Body(ApiRoute route) =>
        route.ToString() switch
        {
            "PATCH /api/v1/workspaces/{id}" => """{"title":"hidden-thing"}""",
            "PUT /api/v1/workspaces/{id}/shares/{user}" => """{"right":"viewer"}""",
            "POST /api/v1/workspaces/{id}/transfer" => """{"owner":"nobody-at-all"}""",
            "POST /api/v1/workspaces/{id}/duplicate" => """{"name":""}""",
            "POST /api/v1/workspaces/{id}/extend" => """{"hours":1}""",
            "POST /api/v1/jobs/{id}/retry" => "{}",
            "POST /api/v1/workspaces/{id}/terminals" => """{"columns":1,"rows":0}""",
            "PATCH /api/v1/terminals/{id}" => """{"label":"lab"}""",
            "POST /api/v1/terminals/{id}/input" => """{"viewer":"x","sequence":0,"data":""}""",
            "PUT /api/v1/terminals/{id}/viewers/{viewer}/mode" => """{"mode":"none"}""",
            "PUT /api/v1/recordings/{id}/hold" => """{"held":true}""",
            "PATCH /api/v1/users/{id}" => """{"roles":["member"]}""",
            _ => "{}",
        };

    private static string Fill(ApiRoute route, Func<string, string> id)
    {
        var parts = route.Path.Split('/');
        for (var index = 1; index < parts.Length; index++)
        {
            if (parts[index].StartsWith('{'))
                parts[index] = parts[index] switch
                {
                    "{process}" => "1",
                    "{documentName}.json" => "v1.json",
                    _ => id(parts[index - 1]),
                };
        }
        return string.Join('/', parts);
    }
}
