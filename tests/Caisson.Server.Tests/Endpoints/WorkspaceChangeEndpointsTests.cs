using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Server.Tests.Hosting;

namespace Caisson.Server.Tests.Endpoints;

/// <summary>Who may rename, transfer, copy and ask before a deletion, and whom a link leads on. The program itself, behind a proxy that names people.</summary>
public sealed class WorkspaceChangeEndpointsTests : IAsyncLifetime
{
    private const string Ada = "ada@example.com";
    private const string Bob = "bob@example.com";
    private const string Eve = "eve@example.com";
    private RealServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RealServer.StartAsync(
            new TemporaryHome(),
            "--listen",
            "127.0.0.1:0",
            "--auth-mode",
            "proxy",
            "--auth-proxy-trusted",
            "127.0.0.0/8",
            "--public-url",
            "https://caisson.example"
        );
        foreach (var person in new[] { Ada, Bob, Eve })
            (await SendAsync(person, HttpMethod.Get, "/api/v1/me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task AStranger_LearnsNothing_FromAnyOfThem()
    {
        var id = await CreateAsync(Ada, "one");

        foreach (
            var (method, path, body) in new (HttpMethod, string, string?)[]
            {
                (HttpMethod.Get, $"/api/v1/workspaces/{id}/deletion", null),
                (HttpMethod.Post, $"/api/v1/workspaces/{id}/transfer", $$"""{"owner":"{{Eve}}"}"""),
                (HttpMethod.Post, $"/api/v1/workspaces/{id}/duplicate", """{"name":"mine"}"""),
                (HttpMethod.Post, $"/api/v1/workspaces/{id}/restore", "{}"),
                (HttpMethod.Post, $"/api/v1/workspaces/{id}/extend", """{"hours":1}"""),
                (HttpMethod.Get, $"/api/v1/workspaces/at/{Ada}/one", null),
            }
        )
        {
            (await SendAsync(Eve, method, path, body)).Status.ShouldBe(HttpStatusCode.NotFound, path);
            (await SendAsync(null, method, path, body)).Status.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
        (await SendAsync(Eve, HttpMethod.Get, $"/w/{id}")).Location.ShouldBeNull();
        (await SendAsync(Ada, HttpMethod.Get, $"/w/{id}/t/x?y=1")).Location.ShouldBe($"/w/{Uri.EscapeDataString(Ada)}/one/t/x?y=1");
    }

    [Fact]
    public async Task ATransfer_TakesTheRightsAlong_AndLeadsTheOldLinkOn_ForWhoMaySeeIt()
    {
        var id = await CreateAsync(Ada, "one");

        var (refused, _, problem) = await SendAsync(
            Ada,
            HttpMethod.Post,
            $"/api/v1/workspaces/{id}/transfer",
            """{"owner":"nobody@example.com"}"""
        );
        (refused, (string)problem!["code"]!).ShouldBe((HttpStatusCode.UnprocessableEntity, "invalid_request"));
        var (status, _, moved) = await SendAsync(
            Ada,
            HttpMethod.Post,
            $"/api/v1/workspaces/{id}/transfer",
            $$"""{"owner":"{{Bob}}","keep":"viewer"}"""
        );

        (status, (string)moved!["owner"]!["address"]!, (string)moved["id"]!).ShouldBe((HttpStatusCode.OK, Bob, id));
        (await SendAsync(Ada, HttpMethod.Get, $"/api/v1/workspaces/{id}")).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(Ada, HttpMethod.Get, $"/api/v1/workspaces/{id}/deletion")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(Ada, HttpMethod.Get, $"/w/{Uri.EscapeDataString(Ada)}/one/steps")).Location.ShouldBe(
            $"/w/{Uri.EscapeDataString(Bob)}/one/steps"
        );
        (await SendAsync(Eve, HttpMethod.Get, $"/w/{Uri.EscapeDataString(Ada)}/one/steps")).Location.ShouldBeNull();
        ((string)(await SendAsync(Bob, HttpMethod.Get, "/api/v1/workspaces/at/me/one")).Body!["id"]!).ShouldBe(id);

        // A share by address, and back.
        (await SendAsync(Bob, HttpMethod.Put, $"/api/v1/workspaces/{id}/shares/{Eve}", """{"right":"collaborator"}""")).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await SendAsync(Eve, HttpMethod.Get, $"/api/v1/workspaces/at/{Bob}/one")).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(Eve, HttpMethod.Post, $"/api/v1/workspaces/{id}/transfer", $$"""{"owner":"{{Eve}}"}""")).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        // Who may share sees whose addresses; the others see names and their own address.
        (await SharesAsync(Bob, id)).ShouldBe([("ada@example.com", Ada, "viewer"), ("eve@example.com", Eve, "collaborator")]);
        (await SharesAsync(Eve, id)).ShouldBe([("ada", null, "viewer"), ("eve@example.com", Eve, "collaborator")]);
        await SendAsync(Bob, HttpMethod.Delete, $"/api/v1/workspaces/{id}/shares/{Eve}");
        (await SendAsync(Eve, HttpMethod.Get, $"/api/v1/workspaces/{id}/shares")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(Eve, HttpMethod.Get, $"/api/v1/workspaces/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ANameThatIsTaken_OrWrong_ChangesNothing()
    {
        var id = await CreateAsync(Ada, "one");
        await CreateAsync(Ada, "two");

        (await RenameAsync(id, """{"name":"two"}""")).ShouldBe((HttpStatusCode.Conflict, "name_taken"));
        (await RenameAsync(id, """{"name":"No!"}""")).ShouldBe((HttpStatusCode.UnprocessableEntity, "invalid_request"));
        (await RenameAsync(id, """{"name":"three","title":"Three"}""")).ShouldBe((HttpStatusCode.OK, null));
        var (status, _, problem) = await SendAsync(Ada, HttpMethod.Patch, $"/api/v1/workspaces/{id}", """{"name":"four"}""");
        (status, (string)problem!["code"]!).ShouldBe((HttpStatusCode.PreconditionRequired, "precondition_required"));
    }

    private async Task<(HttpStatusCode, string?)> RenameAsync(string id, string body)
    {
        // Its job goes on meanwhile and changes it, so a stale version is read again.
        while (true)
        {
            var tag = (await SendAsync(Ada, HttpMethod.Get, $"/api/v1/workspaces/{id}")).Tag;
            var (status, _, answer) = await SendAsync(Ada, HttpMethod.Patch, $"/api/v1/workspaces/{id}", body, tag);
            if (status != HttpStatusCode.PreconditionFailed)
                return (status, (string?)answer!["code"]);
        }
    }

    private async Task<IReadOnlyList<(string Name, string? Address, string Right)>> SharesAsync(string person, string id) =>
        [
            .. (await SendAsync(person, HttpMethod.Get, $"/api/v1/workspaces/{id}/shares"))
                .Body!.AsArray()
                .Select(share => ((string)share!["name"]!, (string?)share["address"], (string)share["right"]!)),
        ];

    private async Task<string> CreateAsync(string person, string name)
    {
        var (status, _, body) = await SendAsync(
            person,
            HttpMethod.Post,
            "/api/v1/workspaces",
            $$"""{"template":"default","name":"{{name}}"}"""
        );
        status.ShouldBe(HttpStatusCode.Accepted, body?.ToJsonString());
        return (string)body!["workspace"]!["id"]!;
    }

    private async Task<Reply> SendAsync(string? person, HttpMethod method, string path, string? body = null, string? match = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Address };
        using var request = new HttpRequestMessage(method, path);
        if (person is not null)
            request.Headers.Add("X-Forwarded-Email", person);
        request.Headers.Add("Origin", _server.Address.GetLeftPart(UriPartial.Authority));
        request.Headers.Accept.ParseAdd(path.StartsWith("/w/", StringComparison.Ordinal) ? "text/html" : "application/json");
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(
            response.StatusCode,
            response.Headers.Location?.OriginalString,
            text is ['{' or '[', ..] ? JsonNode.Parse(text) : null,
            response.Headers.ETag?.Tag
        );
    }

    private sealed record Reply(HttpStatusCode Status, string? Location, JsonNode? Body, string? Tag)
    {
        public void Deconstruct(out HttpStatusCode status, out string? location, out JsonNode? body) =>
            (status, location, body) = (Status, Location, Body);
    }
}
