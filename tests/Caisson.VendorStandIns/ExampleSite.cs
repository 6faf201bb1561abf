using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caisson.VendorStandIns;

/// <summary>A plain web site: <c>/docs</c> and anything below it can be read, <c>/echo</c> gives a POST's body back.</summary>
internal static class ExampleSite
{
    public const string Host = "example.org";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints
            .MapGet("/docs/{**page}", (string? page) => Results.Text($"Stand-in documentation: {page ?? "start"}\n"))
            .RequireHost(Host);
        endpoints.MapGet("/", () => Results.Text("Stand-in for example.org\n")).RequireHost(Host);
        endpoints
            .MapPost(
                "/echo",
                async context =>
                {
                    context.Response.ContentType = context.Request.ContentType;
                    await context.Request.Body.CopyToAsync(context.Response.Body);
                }
            )
            .RequireHost(Host);
    }
}
