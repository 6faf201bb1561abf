using System.Text;
using System.Text.Json;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>How one person has arranged a workspace's page: their own, opaque to the server.</summary>
internal static class LayoutEndpoints
{
    private const int Largest = 64 * 1024;

    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Workspaces");
        api.MapGet("/workspaces/{id}/layout", Get)
            .Requires(Permission.WorkspacesRead)
            .Is("getLayout", "How one has arranged a workspace's page")
            .HasVersion()
            .GivesAnyObject();
        api.MapPut("/workspaces/{id}/layout", PutAsync)
            .Requires(Permission.WorkspacesRead)
            .Is("putLayout", "Keeps how one has arranged a workspace's page")
            .NeedsVersion()
            .Takes("application/json", "object")
            .GivesAnyObject();
    }

    private static IResult Get(string id, HttpContext context, WorkspaceService service, LayoutStore layouts)
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.WorkspacesRead, out _) is { } no)
            return no;
        var (text, version) = layouts.Get(id, context.Subject().UserId);
        EntityTags.Set(context, version);
        return Results.Text(text, "application/json");
    }

    private static async Task<IResult> PutAsync(string id, HttpContext context, WorkspaceService service, LayoutStore layouts)
    {
        if (WorkspaceEndpoints.Refuse(context, service, id, Permission.WorkspacesRead, out _) is { } no)
            return no;
        if (!context.Request.HasJsonContentType())
            return Problems.Result(415, "unsupported_media_type", "A layout is application/json.");
        var (expected, refusal) = EntityTags.Expected(context);
        if (refusal is not null)
            return refusal;
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (Encoding.UTF8.GetByteCount(text) > Largest)
            return Problems.Result(413, "too_large", "A layout has at most 64 KiB.");
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Problems.Result(422, "invalid_request", "A layout is an object.");
        }
        catch (JsonException exception)
        {
            return Problems.Result(400, "invalid_request", $"This is no JSON: {exception.Message}");
        }
        if (layouts.Put(id, context.Subject().UserId, text, expected) is not { } version)
            return EntityTags.Changed();
        EntityTags.Set(context, version);
        return Results.Text(text, "application/json");
    }
}
