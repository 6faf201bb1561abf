using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Api;

/// <summary>Sends every operation of the document as the document says, to a server with a workspace that runs, and checks what comes against it.</summary>
public sealed class ContractTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>These come last and in this order, because they end what the others need.</summary>
    private static readonly string[] Last =
    [
        "unshareWorkspace",
        "closeTerminal",
        "duplicateWorkspace",
        "stopWorkspace",
        "startWorkspace",
        "restartWorkspace",
        "deleteWorkspace",
        "restoreWorkspace",
        "transferWorkspace",
        "stopSandbox",
        "finishSandbox",
        "getPatch",
        "planResume",
        "resumeSandbox",
        "attachProcess",
        "removeSandbox",
        "removeCredential",
        "disableUser",
        "enableUser",
        "revokeToken",
        "endSession",
        "signOut",
    ];

    /// <summary>What can't succeed here, with the answer that shows it understood.</summary>
    private static readonly Dictionary<string, int> Refused = new(StringComparer.Ordinal)
    {
        ["beginLogin"] = 404, // There is no provider in the local mode; OidcTests have one.
        ["finishLogin"] = 404,
        ["backchannelLogout"] = 404,
        ["fetchDeviceToken"] = 404, // The example is no login; DeviceLoginTests have real ones.
        ["findDeviceLogin"] = 404,
        ["answerDeviceLogin"] = 404,
        ["useLink"] = 401, // The example is no link; SignInTests use real ones.
        ["makeLink"] = 403, // Over the Unix socket alone: AccessRulesTests.
        ["installAgent"] = 404, // The example is no agent, and no test downloads one here.
        ["retryJob"] = 409, // The job has succeeded.
        ["getPatch"] = 409, // The sandbox has no repository.
        ["muteCheck"] = 422, // The check is green.
        ["unmuteCheck"] = 404,
        ["switchViewer"] = 404, // Nobody looks.
        ["holdRecording"] = 409, // Its terminal still runs.
        ["deleteRecording"] = 409,
        ["endSession"] = 404, // The caller has a token and no session.
        ["dismissSessionNotice"] = 404,
    };

    [Fact]
    public async Task EveryOperation_AnswersAsItsDocumentSays()
    {
        await using var lab = await ServerLab.StartAsync();
        var local = lab.Identity.Users.FindByAddress("local")!;
        var guest = lab.Person("guest@example.com");
        lab.Person("bob@example.com");
        var workspace = await lab.RunningWorkspaceAsync(local, "contract");
        var terminal = await lab.TerminalAsync(workspace);
        var places = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workspaces"] = workspace.Id,
            ["jobs"] = workspace.Job!,
            ["terminals"] = terminal.Id,
            ["users"] = guest.Id,
            ["shares"] = guest.Id,
            ["templates"] = "default",
            ["credentials"] = "example",
            ["agents"] = "none",
            ["health"] = "login.usual",
            ["processes"] = "1",
            ["sessions"] = "s-none",
            ["recordings"] = lab.Server.Recordings.List().Single(recording => recording.Terminal == terminal.Id).Id,
            ["viewers"] = "v-none",
        };
        using var client = lab.Local();
        client.Timeout = Limit;
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        var schemas = new ApiSchemas(document);
        var failures = new List<string>();
        foreach (
            var operation in ApiOperation
                .All(document)
                .OrderBy(operation => Array.IndexOf(Last, operation.Id))
                .ThenBy(operation => operation.Id is "runSandbox" or "createToken" or "uploadFile" ? 0 : 1)
        )
        {
            var answer = await SendAsync(client, operation, places);
            // As in ServerLab.SucceedAsync.
            for (var tries = 0; tries < 10 && answer.Text.Contains("isolation_unverified", StringComparison.Ordinal); tries++)
                answer = await SendAsync(client, operation, places);
            failures.AddRange(
                Problems(operation, answer, schemas).Select(problem => $"{operation.Id}: {problem[..Math.Min(problem.Length, 300)]}")
            );
            await RememberAsync(lab, operation, answer, places);
        }

        failures.ShouldBeEmpty();
        lab.Log.Bad.ShouldBeEmpty();
    }

    private static async Task<Answered> SendAsync(HttpClient client, ApiOperation operation, Dictionary<string, string> places)
    {
        var path = Fill(operation, places);
        if (operation.Responses.ContainsKey("101"))
            return await ConnectAsync(client, path);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        foreach (
            var header in Parameters(operation, "header").Where(header => header["name"]!.ToString() is not ("Last-Event-ID" or "Range"))
        )
            request.Headers.TryAddWithoutValidation(header["name"]!.ToString(), header["example"]!.ToString());
        if (request.Headers.IfMatch.Count > 0)
        {
            using var present = await client.GetAsync(path);
            request.Headers.Remove("If-Match");
            request.Headers.TryAddWithoutValidation("If-Match", present.Headers.ETag!.ToString());
        }
        var content = operation.Node["requestBody"]?["content"]?.AsObject().First();
        if (content is { Key: var type, Value: { } body })
            request.Content = new StringContent(body["example"]?.ToJsonString() ?? "", Encoding.UTF8, type);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var media = response.Content.Headers.ContentType?.MediaType;
        // A stream has no end; that it begins is its answer.
        var text = media == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
        return new Answered((int)response.StatusCode, media, text);
    }

    private static async Task<Answered> ConnectAsync(HttpClient client, string path)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString());
        socket.Options.CollectHttpResponseDetails = true;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{client.BaseAddress!.Authority}{path}"), limit.Token);
            return new Answered(101, null, "");
        }
        catch (WebSocketException)
        {
            return new Answered((int)socket.HttpStatusCode, null, "");
        }
    }

    private static IReadOnlyList<string> Problems(ApiOperation operation, Answered answer, ApiSchemas schemas)
    {
        var key = answer.Status.ToString(CultureInfo.InvariantCulture);
        if (operation.Responses[key] is not { } documented)
            return [$"{key} is not documented: {answer.Text}"];
        if (Refused.TryGetValue(operation.Id, out var expected) ? answer.Status != expected : answer.Status >= 400)
            return [$"{key}: {answer.Text}"];
        if (documented["content"] is not JsonObject contents)
            return answer.Text.Length == 0 ? [] : [$"{key} has a body that is not documented: {answer.Text}"];
        if (answer.Status == 101 || (operation.Responses.ContainsKey("101") && answer.Media is null))
            return [];
        if (contents[answer.Media ?? ""] is not { } content)
            return [$"{key} is {answer.Media}, which is not documented"];
        return answer.Media!.EndsWith("json", StringComparison.Ordinal)
            ? schemas.Problems(content["schema"]!, JsonNode.Parse(answer.Text))
            : [];
    }

    private static async Task RememberAsync(ServerLab lab, ApiOperation operation, Answered answer, Dictionary<string, string> places)
    {
        if (answer.Status >= 400 || answer.Media != "application/json")
            return;
        var body = JsonNode.Parse(answer.Text);
        if (operation.Id is "runSandbox" or "resumeSandbox")
        {
            places["sandboxes"] = body!["id"]!.ToString();
            places["processes"] = body["process"]!.ToString();
        }
        else if (operation.Id is "uploadFile")
            places["file"] = body!["path"]!.ToString();
        else if (operation.Id is "createToken")
            places["tokens"] = body!["id"]!.ToString();
        else if (answer.Status == 202 && body is JsonObject && body["job"]?["id"] is { } job)
            await lab.SucceedAsync(job.ToString());
    }

    private static string Fill(ApiOperation operation, Dictionary<string, string> places)
    {
        var parts = operation.Path.Split('/');
        for (var index = 1; index < parts.Length; index++)
        {
            if (parts[index].StartsWith('{'))
                parts[index] =
                    parts[index] == "{owner}" ? "me"
                    : operation.Id == "findWorkspace" ? "contract"
                    : parts[index - 1] is "devices" ? "BCDF-GHJK"
                    : parts[index - 1] is "oidc" or "backchannel" ? "corp"
                    : places[parts[index - 1]];
        }
        var query = Parameters(operation, "query")
            .Where(parameter => parameter["example"] is not null && parameter["name"]!.ToString() is not ("after" or "viewer"))
            .Where(parameter => !(operation.Id == "listWorkspaces" && parameter["name"]!.ToString() is "owner" or "q"))
            .Where(parameter => !(operation.Id == "verifyRecordings" && parameter["name"]!.ToString() is "id"))
            .Where(parameter => operation.Id != "downloadFile")
            .Select(parameter => $"{parameter["name"]}={Uri.EscapeDataString(parameter["example"]!.ToString())}");
        if (operation.Id == "downloadFile")
            query = [$"path={Uri.EscapeDataString(places["file"])}"];
        if (operation.Id == "uploadFile")
            query = ["name=notes.txt"];
        return string.Join('/', parts) + (query.Any() ? "?" + string.Join('&', query) : "");
    }

    private static IEnumerable<JsonNode> Parameters(ApiOperation operation, string place) =>
        (operation.Node["parameters"]?.AsArray() ?? []).OfType<JsonNode>().Where(parameter => parameter["in"]!.ToString() == place);

    private sealed record Answered(int Status, string? Media, string Text);
}
