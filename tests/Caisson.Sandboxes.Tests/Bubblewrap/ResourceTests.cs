using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>Many sandboxes, one after the other, cost the server nothing that stays.</summary>
[CollectionDefinition(nameof(ResourceTests), DisableParallelization = true)]
[Collection(nameof(ResourceTests))]
public sealed class ResourceTests : IAsyncDisposable
{
    private readonly SandboxLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task TwoHundredStartsAndStops_LeaveNoDescriptorAndNoThread()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CycleAsync(2)));
        var (descriptors, threads) = (Descriptors(), Threads());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CycleAsync(50)));

        // Sockets and files of the framework come and go; a leak would show in hundreds.
        Descriptors().ShouldBeLessThanOrEqualTo(descriptors + 10);
        Threads().ShouldBeLessThanOrEqualTo(threads + 10);
        Remains.Zombies().ShouldBeEmpty();
    }

    private async Task CycleAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var sandbox = await _lab.Driver.StartAsync(_lab.Spec(), CancellationToken.None);
            (await sandbox.StopAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBeEmpty();
        }
    }

    private static int Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static int Threads() => Directory.EnumerateDirectories("/proc/self/task").Count();
}
