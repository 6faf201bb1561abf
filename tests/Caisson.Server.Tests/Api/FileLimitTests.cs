using System.Net;
using System.Net.Http.Headers;
using Caisson.Workspaces.Terminals;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Tests.Api;

/// <summary>How large a file may be that goes into a workspace or comes out of it, and how many may go in.</summary>
public sealed class FileLimitTests
{
    private const long LargestUpload = 32L << 20;
    private const long LargestDownload = 512L << 20;

    [Fact]
    public async Task AFile_MayHaveItsSize_AndNotAByteMore()
    {
        await using var lab = await ServerLab.StartAsync();
        var workspace = await lab.RunningWorkspaceAsync(lab.Identity.Users.FindByAddress("local")!, "files");
        using var client = lab.Local();

        (await UploadAsync(client, workspace.Id, LargestUpload)).ShouldBe(HttpStatusCode.Created);
        (await UploadAsync(client, workspace.Id, LargestUpload + 1)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        await MakeAsync(lab, workspace, LargestDownload);
        (await DownloadAsync(client, workspace.Id)).ShouldBe(HttpStatusCode.PartialContent);
        await MakeAsync(lab, workspace, LargestDownload + 1);
        (await DownloadAsync(client, workspace.Id)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        foreach (var outside in new[] { "/etc/passwd", "~/../../etc/passwd", "~/none" })
            (await DownloadAsync(client, workspace.Id, outside)).ShouldBe(HttpStatusCode.NotFound);
        lab.Identity.Log.Newest(10, action: "file.downloaded")
            .Select(recorded => (recorded.Event.Outcome, recorded.Event.Reason))
            .ShouldBe([
                ("refused", "~/none"),
                ("refused", "~/../../etc/passwd"),
                ("refused", "/etc/passwd"),
                ("refused", "~/large"),
                ("ok", "~/large"),
            ]);
    }

    [Fact]
    public async Task Uploads_AMinute_AreLimited()
    {
        await using var lab = await ServerLab.StartAsync(limits: ServerLab.Unlimited with { Upload = 2 });
        using var client = lab.Local();
        foreach (var status in new[] { HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests })
            (await UploadAsync(client, "w-none", 1)).ShouldBe(status);
        (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> UploadAsync(HttpClient client, string workspace, long size)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workspaces/{workspace}/uploads?name=x");
        request.Headers.ExpectContinue = true;
        request.Content = new ByteArrayContent(new byte[size]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Its first byte: the size decides before what is asked of it.</summary>
    private static async Task<HttpStatusCode> DownloadAsync(HttpClient client, string workspace, string path = "~/large")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workspaces/{workspace}/files?path={path}");
        request.Headers.Range = new RangeHeaderValue(0, 0);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task MakeAsync(ServerLab lab, WorkspaceRecord workspace, long size)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var made = await lab.Server.Terminals.CreateAsync(
            lab.Server.Terminals.Place(workspace.Id)!,
            new NewTerminal("make", ["bash", "-c", $"truncate -s {size} ~/large"], null, 80, 24),
            limit.Token
        );
        while (true)
        {
            var seen = lab.Server.Workspaces.Events.Last;
            if (made.Record.Exit is not null)
                return;
            await lab.Server.Workspaces.Events.WaitAsync(seen, limit.Token);
        }
    }
}
