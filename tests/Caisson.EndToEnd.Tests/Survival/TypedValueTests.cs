using Caisson.EndToEnd.Tests.Lab;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.EndToEnd.Tests.Survival;

/// <summary>A value that somebody typed lives in the server's memory alone.</summary>
public sealed class TypedValueTests
{
    private const string Request = "curl -s -m 20 https://api.anthropic.com/v1/typed";

    [Fact]
    public async Task IsAskedForUnseen_Used_AndAfterARestartRefusedWithAWarning()
    {
        await using var installation = await Installation.StartAsync();
        await using var screen = await Screen.StartAsync(
            installation.Describe([
                "run",
                "--name",
                "typed",
                "--keep",
                "--policy",
                "typed",
                "--yes",
                "--",
                "sh",
                "-c",
                "echo ready; exec sleep 100000",
            ])
        );
        await screen.WaitForAsync(text => text.Contains("Key of the API", StringComparison.Ordinal), "Enter");
        await screen.PressAsync(installation.Keys.Anthropic);
        var seen = await screen.WaitForAsync(text => text.Contains("ready", StringComparison.Ordinal), "Enter");
        seen.ShouldNotContain(installation.Keys.Anthropic);

        await ExecAsync();
        installation.Vendors.Seen.ShouldContain(request =>
            request.Path == "/v1/typed" && request.KeyFingerprint == VendorKeys.Fingerprint(installation.Keys.Anthropic)
        );

        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();
        (await ExecAsync()).ShouldContain("credential_unavailable");
        var log = (await installation.RunAsync("logs", "typed")).ShouldSucceed().Out;
        log.ShouldContain("was typed at the launch");
        log.ShouldContain("`caisson resume");

        async Task<string> ExecAsync() => (await installation.RunAsync("exec", "typed", "--", "sh", "-c", Request)).ShouldSucceed().Out;
    }
}
