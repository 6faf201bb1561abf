using System.Diagnostics;
using Caisson.Sandboxes.Bubblewrap;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>What bubblewrap itself says, in the words of a person who has to mend it.</summary>
public sealed class BubblewrapFailureTests
{
    /// <summary>A user namespace that allows none below it is a machine without them.</summary>
    [Fact]
    public async Task WithoutUserNamespaces_TheirSettingIsNamed_AndNoDisk()
    {
        const string script = "echo 0 > /proc/sys/user/max_user_namespaces && exec bwrap --unshare-user --ro-bind / / true";
        using var process = Process.Start(
            new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--keep-caps", "sh", "-c", script])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldNotBe(0);

        var failure = BubblewrapFailure.Explain(said);

        failure.Code.ShouldBe("isolation_unavailable", said);
        failure.Message.ShouldContain("user namespaces are off");
        failure.Fix.ShouldNotBeNull().ShouldContain("max_user_namespaces");
        StorageFull.Is(failure).ShouldBeFalse();
    }

    [Fact]
    public void AFullDisk_IsNamed() =>
        BubblewrapFailure.Explain("bwrap: Can't create file at /etc/hosts: No space left on device").Code.ShouldBe(StorageFull.Code);
}
