using Caisson.EndToEnd.Tests.Lab;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.EndToEnd.Tests.Survival;

/// <summary>A value of the caller's environment outlives the server, sealed, and not its sandbox.</summary>
public sealed class SealedValueTests
{
    private const string Request = "curl -s -o /dev/null -m 20 -H \"x-api-key: $API_TOKEN\" https://api.anthropic.com/v1/after";

    [Fact]
    public async Task IsSealedWhileTheSandboxRuns_ServesTheNextServer_AndGoesWithTheSandbox()
    {
        await using var installation = await Installation.StartAsync();
        await using var session = Session.Start(
            installation.Describe(
                ["run", "--name", "kept", "--keep", "--policy", "placeholder", "--yes", "--", "sh", "-c", "echo ready; exec sleep 100000"],
                environment: installation.KeyVariables
            )
        );
        await session.ReadUntilAsync("ready");
        var file = Path.Combine(
            installation.Home,
            "sandboxes",
            (await installation.ListAsync()).ShouldHaveSingleItem().Id,
            "values.sealed"
        );
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await ExecAsync("find / -xdev -name values.sealed 2>/dev/null || true")).ShouldBeEmpty();

        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();
        await ExecAsync(Request);
        installation.Vendors.Seen.ShouldContain(request =>
            request.Path == "/v1/after" && request.KeyFingerprint == VendorKeys.Fingerprint(installation.Keys.Anthropic)
        );

        (await installation.RunAsync("stop", "kept")).ShouldSucceed();
        File.Exists(file).ShouldBeFalse();

        async Task<string> ExecAsync(string script) =>
            (await installation.RunAsync("exec", "kept", "--", "sh", "-c", script)).ShouldSucceed().Out;
    }

    [Fact]
    public async Task ThatCanNotBeOpened_IsToldInTheLog_AndItsRequestsAreRefused()
    {
        await using var installation = await Installation.StartAsync();
        await using var session = await Session.StartSandboxAsync(installation, "torn", "--policy", "placeholder");
        var file = Path.Combine(
            installation.Home,
            "sandboxes",
            (await installation.ListAsync()).ShouldHaveSingleItem().Id,
            "values.sealed"
        );

        await installation.EndServerAsync("KILL");
        await File.WriteAllTextAsync(file, "torn");
        await installation.ServeAsync();

        var answer = await installation.RunAsync("exec", "torn", "--", "sh", "-c", Request.Replace("-o /dev/null ", ""));
        answer.ShouldSucceed().Out.ShouldContain("credential_unavailable");
        (await installation.RunAsync("logs", "torn")).ShouldSucceed().Out.ShouldContain("sealed values of its credentials can't be opened");
    }
}
