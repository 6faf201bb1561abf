using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.Api;
using Caisson.Identity.Subjects;
using Caisson.Workspaces.Events;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Tests.Api;

/// <summary>What lists of workspaces and of people show, over REST. Nothing runs here.</summary>
public sealed class WorkspaceListTests(WorkspaceListTests.Running running) : IClassFixture<WorkspaceListTests.Running>
{
    /// <summary>One server for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal ServerLab Lab { get; private set; } = null!;
        internal User Ada { get; private set; } = null!;
        internal User Bob { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Lab = await ServerLab.StartAsync();
            (Ada, Bob) = (Lab.Person("ada@example.com"), Lab.Person("bob@example.com"));
            foreach (var (owner, name) in new[] { (Ada, "alpha"), (Ada, "beta"), (Bob, "gamma") })
                await Lab.EndedWorkspaceAsync(owner, name);
        }

        public ValueTask DisposeAsync() => Lab.DisposeAsync();
    }

    private ServerLab Lab => running.Lab;

    [Theory]
    [InlineData("owner:bob@example.com", "gamma")]
    [InlineData("owner:me", "")]
    [InlineData("beta", "beta")]
    [InlineData("\"ALPHA\"", "alpha")]
    [InlineData("status:running,archived", "")]
    [InlineData("template:default owner:ada@example.com", "alpha beta")]
    [InlineData("template:none", "")]
    [InlineData("outdated:false", "alpha beta gamma")]
    [InlineData("outdated:true", "")]
    [InlineData("idle:<1h", "alpha beta gamma")]
    [InlineData("idle:>1h", "")]
    [InlineData("why:nothing", "")]
    [InlineData("100%", "")]
    public async Task ASearch_FindsThose(string q, string names)
    {
        using var admin = Lab.Local();
        var page = await ListAsync(admin, q);
        page.Items.Select(workspace => workspace.Name)
            .Order(StringComparer.Ordinal)
            .ShouldBe(names.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        page.Total.ShouldBe(page.Items.Count);
        page.BadTerms.ShouldBeEmpty();
    }

    [Fact]
    public async Task ABadTerm_DoesNotEmptyTheList_AndAnotherPersonsThingsStayHidden()
    {
        using var ada = Member(running.Ada);
        var page = await ListAsync(ada, "status:nonsense owner:bob@example.com");
        page.Items.ShouldBeEmpty();
        (await ListAsync(ada, "status:nonsense"))
            .Items.Select(workspace => workspace.Name)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["alpha", "beta"]);
        page.BadTerms.ShouldHaveSingleItem().Position.ShouldBe(0);
    }

    [Fact]
    public async Task AMember_FindsPeopleByHowTheyBegin_AndNoMoreOfThem()
    {
        using var ada = Member(running.Ada);
        var text = await ada.GetStringAsync("/api/v1/users/lookup?q=BOB");
        JsonNode.Parse(text)!["items"]!
            .AsArray()
            .ShouldHaveSingleItem()!
            .AsObject()
            .Select(pair => pair.Key)
            .ShouldBe(["id", "address", "name"]);
        (await ada.GetStringAsync("/api/v1/users/lookup?q=example")).ShouldContain("\"items\":[]");
        (await ada.GetStringAsync("/api/v1/users/lookup?q=ada")).ShouldContain("\"items\":[]", Case.Sensitive, "oneself");
        (await ada.GetAsync("/api/v1/users/lookup?q=bo")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ada.GetStringAsync("/api/v1/users/lookup?q=%25%25%25")).ShouldContain("\"items\":[]");
        Lab.Identity.Users.Disable(Lab.Person("gone@example.com").Id);
        (await ada.GetStringAsync("/api/v1/users/lookup?q=gone")).ShouldContain("\"items\":[]");
        (await ada.GetAsync("/api/v1/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Looking_IsLimited()
    {
        await using var lab = await ServerLab.StartAsync(limits: ServerLab.Unlimited with { Lookup = 2 });
        using var client = lab.Local();
        foreach (var status in new[] { 200, 200, 429 })
            ((int)(await client.GetAsync("/api/v1/users/lookup?q=abc")).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task AnIdempotencyKey_GivesTheSameAnswer_AndRefusesAnotherRequest()
    {
        using var bob = Member(running.Bob);
        var first = await CreateAsync(bob, "keyed", "k-1");
        var second = await CreateAsync(bob, "keyed", "k-1");
        first.Status.ShouldBe(202);
        second.Status.ShouldBe(202);
        second.Body["workspace"]!["id"]!.ToString().ShouldBe(first.Body["workspace"]!["id"]!.ToString());
        second.Body["job"]!["id"]!.ToString().ShouldBe(first.Body["job"]!["id"]!.ToString());
        var other = await CreateAsync(bob, "other", "k-1");
        (other.Status, other.Body["code"]!.ToString()).ShouldBe((422, "idempotency_mismatch"));
        using var ada = Member(running.Ada);
        (await CreateAsync(ada, "keyed", "k-1")).Body["workspace"]!["id"]!
            .ToString()
            .ShouldNotBe(first.Body["workspace"]!["id"]!.ToString());
        (await CreateAsync(bob, "keyed", new string('k', 200))).Status.ShouldBe(200, "it is there");
        (await CreateAsync(bob, "keyed", new string('k', 201))).Status.ShouldBe(422);
        foreach (var id in Lab.Server.Workspaces.Store.List(null, null, "keyed", null, 10).Items.Select(workspace => workspace.Id))
            await Lab.Server.Workspaces.ForceDeleteAsync(id, "lab");
    }

    [Fact]
    public async Task ALayout_IsOnesOwn_AndHasAVersion()
    {
        var workspace = Lab.Server.Workspaces.Store.List(running.Ada.Id, running.Ada.Id, "alpha", null, 1).Items[0];
        Lab.Server.Workspaces.Store.Share(workspace.Id, running.Bob.Id, "viewer");
        using var ada = Member(running.Ada);
        using var bob = Member(running.Bob);
        var path = $"/api/v1/workspaces/{workspace.Id}/layout";

        using var read = await ada.GetAsync(path);
        (await PutAsync(ada, path, """{"mine":1}""", null)).ShouldBe(428);
        (await PutAsync(ada, path, """{"mine":1}""", read.Headers.ETag!.ToString())).ShouldBe(200);
        (await PutAsync(ada, path, """{"mine":2}""", read.Headers.ETag!.ToString())).ShouldBe(412);
        (await ada.GetStringAsync(path)).ShouldBe("""{"mine":1}""");
        (await bob.GetStringAsync(path)).ShouldNotContain("mine");
        Lab.Server.Workspaces.Store.Share(workspace.Id, running.Bob.Id, null);
        (await bob.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var again = await ada.GetAsync(path);
        var tag = again.Headers.ETag!.ToString();
        const int Limit = 64 * 1024;
        (await PutAsync(ada, path, $$"""{"a":"{{new string('a', Limit - 7)}}"}""", tag)).ShouldBe(413);
        (await PutAsync(ada, path, $$"""{"a":"{{new string('a', Limit - 8)}}"}""", tag)).ShouldBe(200);
    }

    [Fact]
    public async Task AShare_IsGivenByTheOwnerAlone_AndEndsWithTheirWord()
    {
        var workspace = Lab.Server.Workspaces.Store.List(running.Ada.Id, running.Ada.Id, "beta", null, 1).Items[0];
        using var ada = Member(running.Ada);
        using var bob = Member(running.Bob);
        var path = $"/api/v1/workspaces/{workspace.Id}";
        var share = $"{path}/shares/{running.Bob.Id}";

        (await bob.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await bob.PutAsync(share, Body("""{"right":"collaborator"}"""))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ada.PutAsync(share, Body("""{"right":"owner"}"""))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ada.PutAsync($"{path}/shares/{running.Ada.Id}", Body("""{"right":"viewer"}"""))).StatusCode.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        (await ada.PutAsync(share, Body("""{"right":"collaborator"}"""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bob.GetStringAsync(path)).ShouldContain("collaborator");
        (await bob.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await bob.PutAsync(share, Body("""{"right":"collaborator"}"""))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ada.DeleteAsync(share)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bob.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AnOpenStreamOfEvents_TellsNoMoreOfAWorkspace_OnceItsShareIsTakenBack()
    {
        var workspace = await Lab.EndedWorkspaceAsync(running.Ada, "told");
        var store = Lab.Server.Workspaces.Store;
        store.Share(workspace, running.Bob.Id, "viewer");
        using var bob = Member(running.Bob);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var response = await bob.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        (await reader.ReadLineAsync(limit.Token)).ShouldBe(": ");

        store.Share(workspace, running.Bob.Id, "collaborator");
        Lab.Server.Workspaces.Events.Notice("notice", "first", "{}");
        (await UntilAsync(reader, "first", limit.Token)).ShouldContain(workspace);
        store.Share(workspace, running.Bob.Id, null);
        store.Share(workspace, Lab.Person("carl@example.com").Id, "viewer");
        Lab.Server.Workspaces.Events.Notice("notice", "second", "{}");

        (await UntilAsync(reader, "second", limit.Token)).ShouldNotContain(workspace);
        await Lab.Server.Workspaces.ForceDeleteAsync(workspace, "lab");
    }

    [Fact]
    public async Task EarlierEvents_AreToldByTheRightsOfNow_AlsoWhenAnotherServerTookOneBack()
    {
        var workspace = await Lab.EndedWorkspaceAsync(running.Ada, "told-again");
        Lab.Server.Workspaces.Store.Share(workspace, running.Bob.Id, "viewer");
        Lab.Server.Workspaces.Events.Notice("notice", "retold", "{}");
        using var bob = Member(running.Bob);
        (await RetoldAsync(bob)).ShouldContain(workspace);
        var events = new EventStream(Lab.Server.Database, TimeProvider.System);

        new WorkspaceStore(Lab.Server.Database, events, TimeProvider.System).Share(workspace, running.Bob.Id, null);

        (await RetoldAsync(bob)).ShouldNotContain(workspace);
        await Lab.Server.Workspaces.ForceDeleteAsync(workspace, "lab");
    }

    /// <summary>What a new listener gets that has seen nothing, up to the notice.</summary>
    private static async Task<string> RetoldAsync(HttpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.Add("Last-Event-ID", "0");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        return await UntilAsync(reader, "retold", limit.Token);
    }

    private static async Task<string> UntilAsync(StreamReader reader, string mark, CancellationToken cancellation)
    {
        var told = new StringBuilder();
        while (await reader.ReadLineAsync(cancellation) is { } line && !line.Contains($"\"{mark}\"", StringComparison.Ordinal))
            told.AppendLine(line);
        return told.ToString();
    }

    [Fact]
    public async Task SomebodyWhoLeaves_LosesWhatWasShared_AndTheirWorkspacesStop()
    {
        var leaver = Lab.Person("leaver@example.com");
        var own = await Lab.RunningWorkspaceAsync(leaver, "leaving");
        var shared = Lab.Server.Workspaces.Store.List(running.Ada.Id, running.Ada.Id, "beta", null, 1).Items[0];
        Lab.Server.Workspaces.Store.Share(shared.Id, leaver.Id, "viewer");
        using var theirs = Member(leaver);
        using var admin = Lab.Local();

        using var left = await admin.PostAsync($"/api/v1/users/{leaver.Id}/disable", null);

        left.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await left.Content.ReadAsStringAsync()).ShouldContain("1 shares taken back, 1 workspaces stopped");
        (await theirs.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Lab.Server.Workspaces.Store.Find(shared.Id)!.Shares.Keys.ShouldNotContain(leaver.Id);
        await Lab.SucceedAsync(Lab.Server.Workspaces.Store.Find(own.Id)!.Job!);
        var stopped = Lab.Server.Workspaces.Store.Find(own.Id)!;
        (stopped.Observed, stopped.StopReason).ShouldBe((WorkspaceState.Stopped, "offboarded"));
        await Lab.Server.Workspaces.ForceDeleteAsync(own.Id, "lab");
    }

    [Theory]
    [InlineData("", "workspace.changed job.changed")]
    [InlineData("&type=job.changed", "job.changed")]
    public async Task Events_ComeFiltered(string filter, string types)
    {
        using var admin = Lab.Local();
        using var response = await admin.GetAsync($"/api/v1/events?after=0{filter}", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = new HashSet<string>();
        // The mark is of every filter's kind.
        var type = filter.Contains("type=", StringComparison.Ordinal) ? filter.Split('=')[1] : "notice";
        Lab.Server.Workspaces.Events.Do(
            (_, _, added) =>
            {
                added.Add(new Caisson.Workspaces.Events.NewEvent(type, "mark", null, null, "{}"));
                return 0;
            }
        );
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (var last = ""; await reader.ReadLineAsync(limit.Token) is { } line && !line.Contains("\"mark\"", StringComparison.Ordinal); )
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                last = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                seen.Add(last);
        }
        foreach (var expected in types.Split(' '))
            seen.ShouldContain(expected);
        if (filter.Contains("type=", StringComparison.Ordinal))
            seen.ShouldBe(types.Split(' '));
    }

    private HttpClient Member(User user)
    {
        var (_, text) = Lab.Identity.Tokens.Create(user.Id, "list", ["admin"], TimeSpan.FromDays(1));
        return Lab.WithToken(text);
    }

    private static async Task<WorkspacePage> ListAsync(HttpClient client, string q) =>
        (await client.GetFromJsonAsync($"/api/v1/workspaces?q={Uri.EscapeDataString(q)}", WorkspaceJson.Default.WorkspacePage))!;

    private static async Task<(int Status, JsonNode Body)> CreateAsync(HttpClient client, string name, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/workspaces")
        {
            Content = Body($$"""{"template":"default","name":"{{name}}"}"""),
        };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private static async Task<int> PutAsync(HttpClient client, string path, string json, string? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = Body(json) };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}
