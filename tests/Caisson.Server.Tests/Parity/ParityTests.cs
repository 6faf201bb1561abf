using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Identity.Oidc;
using Caisson.Identity.Subjects;
using Caisson.Server.Configuration;
using Caisson.Server.Tests.Access;
using Caisson.Server.Tests.Api;

namespace Caisson.Server.Tests.Parity;

/// <summary>
/// Every endpoint that the server has, asked by everybody that docs/access.md knows, each by headers of a proxy, by a login at a provider, and by API
/// tokens: the answer is the one that the page promises, and what one may not know of looks like what isn't there.
/// </summary>
public sealed class ParityTests
{
    private const string Public = "http://caisson.test";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly AccessDocument Document = new();

    private static readonly (string Name, string[] Roles, string? Right)[] People =
    [
        ("owner", ["member"], "owner"),
        ("collaborator", ["member"], "collaborator"),
        ("viewer", ["member"], "viewer"),
        ("stranger", ["member"], null),
        ("nobody", [], null),
        ("auditor", ["auditor"], null),
        ("approver", ["approver"], null),
        ("operator", ["operator"], null),
        ("admin", ["admin"], null),
    ];

    [Fact]
    public async Task ByAProxysHeaders_EverybodyGetsWhatIsWritten()
    {
        await using var lab = await ServerLab.StartAsync(
            new AuthOptions
            {
                Mode = "proxy",
                Trusted = [IPNetwork.Parse("127.0.0.0/8")],
                PublicUrl = new Uri(Public),
            }
        );
        await CheckAsync(
            lab,
            (address, _) =>
            {
                var client = lab.Client();
                client.DefaultRequestHeaders.Add("X-Forwarded-Email", address);
                return Task.FromResult(client);
            }
        );
    }

    [Fact]
    public async Task ByALoginAtAProvider_EverybodyGetsWhatIsWritten()
    {
        await using var provider = await RealProvider.StartAsync($"{Public}/login/oidc/corp/callback");
        await using var lab = await ServerLab.StartAsync(
            new AuthOptions
            {
                Mode = "oidc",
                PublicUrl = new Uri(Public),
                Oidc =
                [
                    new OidcProviderOptions
                    {
                        Name = "corp",
                        Title = "Corp",
                        Issuer = provider.Issuer,
                        ClientId = "caisson",
                        ClientSecret = "env:X",
                        Scopes = ["openid", "email", "profile", "groups"],
                    },
                ],
            },
            oidcSecret: "a secret & more"
        );
        await CheckAsync(lab, (address, user) => LoginAsync(lab, provider, address, user));
    }

    private static async Task CheckAsync(ServerLab lab, Func<string, User, Task<HttpClient>> signIn)
    {
        var people = People.ToDictionary(person => person.Name, person => lab.Person($"{person.Name}@example.com", person.Roles));
        var owner = people["owner"];
        foreach (var (name, roles, _) in People)
            lab.Identity.Users.SetRoles(people[name].Id, roles);
        var place = new ParityPlace(lab, await lab.RunningWorkspaceAsync(owner, "hidden-thing"), lab.Person("other@example.com"));
        foreach (var (name, _, right) in People.Where(person => person.Right is not (null or "owner")))
            lab.Server.Workspaces.Store.Share(place.Workspace.Id, people[name].Id, right);

        var callers = new List<Caller> { new("anonymous", lab.Client(), [], null) { IsAnonymous = true } };
        foreach (var (name, roles, right) in People)
            callers.Add(new Caller(name, await signIn($"{name}@example.com", people[name]), roles, right));
        callers.Add(
            new Caller("admin with a reason", await signIn("admin@example.com", people["admin"]), ["admin"], null, GivesReason: true)
        );
        foreach (var scope in new[] { "workspaces:read", "workspaces:write", "terminals:view", "terminals:write", "tasks:read", "admin" })
        {
            callers.Add(Token("owner", ["member"], "owner", scope));
            callers.Add(Token("stranger", ["member"], null, scope));
        }

        var failures = new List<string>();
        foreach (var route in ApiRoute.All(lab.Endpoints))
        foreach (var caller in callers)
            await AskAsync(place, route, caller, failures);
        foreach (var caller in callers.Where(caller => caller.Scope is null && caller.Name != "anonymous"))
            await ListenAsync(lab, place, caller, failures);

        failures.ShouldBeEmpty();
        lab.Log.Bad.ShouldBeEmpty();
        callers.ForEach(caller => caller.Client.Dispose());

        Caller Token(string name, string[] roles, string? right, string scope)
        {
            var (_, text) = lab.Identity.Tokens.Create(people[name].Id, scope, [scope], TimeSpan.FromDays(1));
            return new Caller($"{name}'s token {scope}", lab.WithToken(text), roles, right, scope);
        }
    }

    private static async Task AskAsync(ParityPlace place, ApiRoute route, Caller caller, List<string> failures)
    {
        if (
            route.Permission is { } permission
            && Document.IsOfWorkspaces(permission)
            && route.Path.Contains("{id}")
            && !route.IsOfOneWorkspace
        )
            failures.Add($"{route} is about a workspace; this test has to learn where it finds one");
        var expected = caller.Expected(route, Document);
        var there = await SendAsync(caller, route, await place.FillAsync(route));
        if (Kind(there, expected) != expected)
            failures.Add($"{route} as {caller}: {there.Status} instead of {expected}: {there.Shape}");
        if (
            !(route.IsOfOneWorkspace && expected == 200)
            && !caller.Sees(Document)
            && !caller.Lists(route, Document)
            && (
                there.Text.Contains(place.Workspace.Id, StringComparison.Ordinal)
                || there.Text.Contains("hidden-thing", StringComparison.Ordinal)
            )
        )
            failures.Add($"{route} as {caller} tells of a workspace that is hidden from them: {there.Text}");
        if (expected != 404)
            return;
        // What is hidden is told by nothing: not by the words, not by a header.
        var nowhere = await SendAsync(caller, route, ParityPlace.Nowhere(route));
        if (nowhere.Shape != there.Shape)
            failures.Add($"{route} as {caller} tells what is there ({there.Shape}) from what isn't ({nowhere.Shape})");
    }

    /// <summary>What is allowed may still fail for its own reasons; what is not there for the caller is 404 only then.</summary>
    private static int Kind(Answered answer, int expected) =>
        answer.Status == 403 && answer.Text.Contains("socket_only", StringComparison.Ordinal) ? 200
        : answer.Status is 401 or 403 ? answer.Status
        : answer.Status == 404 && expected == 404 ? 404
        : 200;

    private static async Task<Answered> SendAsync(Caller caller, ApiRoute route, string path)
    {
        if (route.IsSocket)
            return await ConnectAsync(caller, path);
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        request.Headers.TryAddWithoutValidation("Origin", Public);
        request.Headers.TryAddWithoutValidation("If-Match", "\"0\"");
        if (caller.GivesReason)
            request.Headers.TryAddWithoutValidation("X-Caisson-Reason", "parity");
        if (route.Method is not ("GET" or "DELETE"))
            request.Content = new StringContent(ParityPlace.Body(route), Encoding.UTF8, "application/json");
        using var response = await caller.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var text = isStream ? "" : await response.Content.ReadAsStringAsync();
        var headers = string.Join(',', response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
        var shape = text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : null;
        shape?.Remove("request_id");
        return new Answered((int)response.StatusCode, text, $"{(int)response.StatusCode} {headers} {shape?.ToJsonString() ?? text}");
    }

    /// <summary>A refused socket is accepted and closed with a code, which is all that a browser can read; an allowed one is closed for what we send.</summary>
    private static async Task<Answered> ConnectAsync(Caller caller, string path)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", Public);
        foreach (var (name, values) in caller.Client.DefaultRequestHeaders)
            socket.Options.SetRequestHeader(name, string.Join(',', values));
        if (caller.GivesReason)
            path += "?reason=parity";
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{caller.Client.BaseAddress!.Authority}{path}"), limit.Token);
        }
        catch (WebSocketException)
        {
            return new Answered((int)socket.HttpStatusCode, "", $"{(int)socket.HttpStatusCode}");
        }
        await socket.SendAsync("no frame"u8.ToArray(), WebSocketMessageType.Binary, true, limit.Token);
        var result = await socket.ReceiveAsync(new byte[4096], limit.Token);
        var code = (int?)result.CloseStatus ?? 0;
        return new Answered(
            code switch
            {
                4403 => 403,
                4404 => 404,
                _ => 200,
            },
            "",
            $"{code} {result.CloseStatusDescription}"
        );
    }

    /// <summary>The stream of events from its beginning to a mark: it tells of the workspace to those alone who may see it.</summary>
    private static async Task ListenAsync(ServerLab lab, ParityPlace place, Caller caller, List<string> failures)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.Add("Last-Event-ID", "0");
        using var response = await caller.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return; // Signed out by the test itself.
        lab.Server.Workspaces.Events.Notice("notice", "mark", "{}");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        var told = false;
        while (await reader.ReadLineAsync(limit.Token) is { } line && !line.Contains("\"mark\"", StringComparison.Ordinal))
            told |= line.Contains(place.Workspace.Id, StringComparison.Ordinal);
        if (told != caller.Sees(Document))
            failures.Add($"events as {caller}: {(told ? "tell" : "don't tell")} of the workspace");
    }

    private static async Task<HttpClient> LoginAsync(ServerLab lab, RealProvider provider, string address, User user)
    {
        var subject = $"{address} {user.Id}";
        if (lab.Identity.Users.FindBySubject(provider.Issuer, subject).Count == 0)
            lab.Identity.Users.Link(provider.Issuer, subject, user.Id);
        await provider.IsAsync(
            new
            {
                sub = subject,
                email = address,
                email_verified = true,
            }
        );
        var client = lab.Client();
        using var begun = await client.GetAsync("/login/oidc/corp");
        begun.StatusCode.ShouldBe(HttpStatusCode.Redirect, await begun.Content.ReadAsStringAsync());
        var state = begun.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var back = await provider.BrowseAsync(begun.Headers.Location!);
        using var request = new HttpRequestMessage(HttpMethod.Get, back.PathAndQuery);
        request.Headers.Host = "caisson.test";
        request.Headers.Add("Cookie", state);
        using var finished = await client.SendAsync(request);
        finished.StatusCode.ShouldBe(HttpStatusCode.Redirect, await finished.Content.ReadAsStringAsync());
        var cookie = finished.Headers.GetValues("Set-Cookie").First(line => line.StartsWith("caisson=", StringComparison.Ordinal));
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        return client;
    }

    private sealed record Answered(int Status, string Text, string Shape);
}
