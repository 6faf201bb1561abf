using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Lifecycle;

/// <summary>The server that a command starts when none is running.</summary>
public sealed class BackgroundServerTests
{
    [Fact]
    public async Task LeavesTheCommandsOutput_AndServesTheNextCommand()
    {
        await using var home = new BareHome();
        // Read to its end: that comes only when nobody holds it any more.
        (await home.RunAsync("ls"))
            .ShouldSucceed()
            .Error.ShouldContain("starting the server");

        var server = await File.ReadAllTextAsync(Path.Combine(home.Path, "server.lock.pid"));
        Directory.Exists($"/proc/{server.Trim()}").ShouldBeTrue();
        (await home.RunAsync("ls")).ShouldSucceed().Error.ShouldBeEmpty();
    }
}
