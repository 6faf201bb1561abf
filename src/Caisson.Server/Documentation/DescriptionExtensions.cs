using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;

namespace Caisson.Server.Documentation;

/// <summary>How endpoints say what the API's document has to tell of them. What their kind implies (401, 404, 429 …) is added by itself.</summary>
internal static class DescriptionExtensions
{
    /// <param name="id">Unique in the API: what clients' generators name the operation. It never changes.</param>
    /// <param name="summary">One line without a full stop.</param>
    internal static RouteHandlerBuilder Is(this RouteHandlerBuilder route, string id, string summary) =>
        route.WithName(id).WithSummary(summary);

    internal static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, "application/json");

    /// <summary>An object that is the caller's own, so that nothing is known of its fields.</summary>
    internal static RouteHandlerBuilder GivesAnyObject(this RouteHandlerBuilder route) => route.Gives<JsonObject>();

    internal static RouteHandlerBuilder GivesNothing(this RouteHandlerBuilder route, int status = StatusCodes.Status204NoContent) =>
        route.WithMetadata(new Answer(status, typeof(void), []));

    internal static RouteHandlerBuilder GivesText(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(new Answer(status, typeof(string), ["text/plain"]));

    internal static RouteHandlerBuilder GivesBytes(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(new Answer(status, typeof(Stream), ["application/octet-stream"]));

    internal static RouteHandlerBuilder GivesCast(this RouteHandlerBuilder route) =>
        route.WithMetadata(new Answer(StatusCodes.Status200OK, typeof(string), ["application/x-asciicast", "text/plain"]));

    internal static RouteHandlerBuilder GivesEvents(this RouteHandlerBuilder route) =>
        route.WithMetadata(new Answer(StatusCodes.Status200OK, typeof(string), ["text/event-stream"]));

    internal static RouteHandlerBuilder GivesWebSocket(this RouteHandlerBuilder route) =>
        route.GivesNothing(StatusCodes.Status101SwitchingProtocols).FailsWith("websocket_only");

    internal static RouteHandlerBuilder FailsWith(this RouteHandlerBuilder route, params string[] codes) =>
        route.WithMetadata(new Fails(codes));

    internal static RouteHandlerBuilder ReadsQuery(
        this RouteHandlerBuilder route,
        string name,
        string type,
        string description,
        string example
    ) => route.WithMetadata(new Reads("query", name, type, description, Required: false, example));

    internal static RouteHandlerBuilder ReadsHeader(
        this RouteHandlerBuilder route,
        string name,
        string description,
        string example,
        bool required = false
    ) => route.WithMetadata(new Reads("header", name, "string", description, required, example));

    /// <summary>The thing has a version: <c>ETag</c> in the answer.</summary>
    internal static RouteHandlerBuilder HasVersion(this RouteHandlerBuilder route) =>
        route.WithMetadata(new AnswersHeader("ETag", "The version, for If-Match of a change."));

    /// <summary>The change needs the version that it was made from.</summary>
    internal static RouteHandlerBuilder NeedsVersion(this RouteHandlerBuilder route) =>
        route
            .HasVersion()
            .ReadsHeader("If-Match", "The ETag of the last GET.", "\"1\"", required: true)
            .FailsWith("changed", "precondition_required");

    internal static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string contentType, string type) =>
        route.WithMetadata(new TakesBody(contentType, type)).FailsWith("too_large", "unsupported_media_type");

    private sealed record Answer(int StatusCode, Type? Type, IEnumerable<string> ContentTypes) : IProducesResponseTypeMetadata
    {
        public string? Description => null;
    }
}
