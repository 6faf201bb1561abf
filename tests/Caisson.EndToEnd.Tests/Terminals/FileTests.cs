using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>Files go into a workspace and come out of it, and nothing else of the machine does.</summary>
public sealed class FileTests(SharedInstallation shared) : IAsyncLifetime
{
    private TerminalPlace place = null!;

    private ServerApi Api => place.Api;

    private string Workspace => place.Id;

    public async ValueTask InitializeAsync() => place = await TerminalPlace.StartAsync(shared.Installation);

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task AnUpload_LiesInUploads_ForItsOwnerAlone_UnderASafeName()
    {
        var bytes = new byte[3_000_000];
        new Random(7).NextBytes(bytes);

        var (status, body) = await UploadAsync("../../.ev il\u001b\n$(x).png", bytes);

        status.ShouldBe(201, body?.ToString());
        var path = (string)body!["path"]!;
        path.ShouldMatch("^/home/agent/uploads/[0-9a-f]{8}_ev il____x_\\.png$");
        (await ExecAsync("stat -c %a:%s \"$1\"", path)).ShouldBe("600:3000000\n");
        (await DownloadAsync(path)).Bytes.ShouldBe(bytes);
    }

    [Fact]
    public async Task AFileThatIsTooLarge_IsRefused()
    {
        using var content = new StreamContent(Stream.Null);
        content.Headers.ContentLength = (32 << 20) + 1;

        (await Api.PostAsync($"workspaces/{Workspace}/uploads?name=x", content, expectContinue: true)).Status.ShouldBe(413);
    }

    [Fact]
    public async Task ADownload_TakesRanges()
    {
        await ExecAsync("printf 0123456789 > ~/digits");

        (await DownloadAsync("~/digits")).Bytes.ShouldBe("0123456789"u8.ToArray());
        var middle = await DownloadAsync("/home/agent/digits", new RangeHeaderValue(2, 4));
        (middle.Status, middle.Range).ShouldBe((206, "bytes 2-4/10"));
        middle.Bytes.ShouldBe("234"u8.ToArray());
        (await DownloadAsync("~/digits", new RangeHeaderValue(null, 3))).Bytes.ShouldBe("789"u8.ToArray());
        (await DownloadAsync("~/digits", new RangeHeaderValue(10, null))).Status.ShouldBe(416);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/home/agent/../../etc/passwd")]
    [InlineData("/home/agent/link")]
    [InlineData("/home/agent/way/passwd")]
    [InlineData("/home/agent/folder")]
    [InlineData("/home/agent/absent")]
    [InlineData("/home/agent/")]
    [InlineData("etc/passwd")]
    [InlineData("")]
    public async Task WhatIsNoFileOfTheWorkspace_IsNotThere(string path)
    {
        await ExecAsync("cd ~ && ln -sf /etc/passwd link && ln -sfn /etc way && mkdir -p folder");

        (await DownloadAsync(path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task AHostileName_IsText()
    {
        var name = await ExecAsync("n=\"$(printf 'a\"b\\r\\nX-Evil: 1;<c>.txt')\"; printf x > ~/\"$n\"; printf %s \"$n\"");

        var answer = await DownloadAsync($"/home/agent/{name}");

        answer.Status.ShouldBe(200);
        answer.Headers.Contains("X-Evil").ShouldBeFalse();
    }

    private async Task<(int Status, JsonNode? Body)> UploadAsync(string name, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        return await Api.PostAsync($"workspaces/{Workspace}/uploads?name={Uri.EscapeDataString(name)}", content);
    }

    private async Task<(int Status, byte[] Bytes, string? Range, HttpResponseHeaders Headers)> DownloadAsync(
        string path,
        RangeHeaderValue? range = null
    )
    {
        using var response = await Api.GetRawAsync($"workspaces/{Workspace}/files?path={Uri.EscapeDataString(path)}", range);
        return (
            (int)response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(),
            response.Content.Headers.ContentRange?.ToString(),
            response.Headers
        );
    }

    private async Task<string> ExecAsync(string script, params string[] arguments) =>
        (await shared.Installation.RunAsync(["exec", Workspace, "--", "sh", "-c", script, "sh", .. arguments])).ShouldSucceed().Out;
}
