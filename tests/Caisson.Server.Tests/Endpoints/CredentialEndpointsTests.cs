using System.Net;
using System.Net.Http.Json;
using System.Text;
using Caisson.Api;
using Caisson.Server.Tests.Hosting;

namespace Caisson.Server.Tests.Endpoints;

public sealed class CredentialEndpointsTests
{
    private const string Value = "correct-horse-battery-staple-4711";

    [Fact]
    public async Task Value_GoesInAndNeverComesOut()
    {
        await using var server = await RealServer.StartAsync();
        using var client = server.OverSocket();

        using var put = await client.PutAsJsonAsync(
            "/api/v1/credentials/anthropic",
            new CredentialValueRequest(Value),
            ApiJson.Default.CredentialValueRequest
        );
        put.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answers = await put.Content.ReadAsStringAsync() + await client.GetStringAsync("/api/v1/credentials");
        answers.ShouldContain("anthropic");
        answers.ShouldNotContain(Value);

        using var get = await client.GetAsync("/api/v1/credentials/anthropic");
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);

        foreach (var file in Directory.EnumerateFiles(server.Home.Path, "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".sock", StringComparison.Ordinal) && !file.EndsWith("server.lock", StringComparison.Ordinal))
                (await BytesAsync(file)).IndexOf(Encoding.UTF8.GetBytes(Value)).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task RemovingWhatIsNotThere_Is404WithTheNextStep()
    {
        await using var server = await RealServer.StartAsync();
        using var client = server.OverSocket();

        using var response = await client.DeleteAsync("/api/v1/credentials/nobody");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var problem = await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem);
        problem!.Code.ShouldBe("unknown_credential");
        problem.Fix.ShouldBe("caisson credential list");
    }

    [Theory]
    [InlineData("{\"value\":\"x\",\"valeu\":\"y\"}")]
    [InlineData("{\"value\":")]
    [InlineData("{}")]
    public async Task MalformedBody_IsAProblemInWords(string body)
    {
        await using var server = await RealServer.StartAsync();
        using var client = server.OverSocket();

        using var response = await client.PutAsync("/api/v1/credentials/a", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem);
        problem!.Code.ShouldBe("invalid_request");
    }

    private static async Task<byte[]> BytesAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
