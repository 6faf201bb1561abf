using System.Diagnostics;
using System.Text.Json;
using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Bubblewrap;

/// <summary>A server that is killed at any moment of a start leaves only what the next one takes over or takes away.</summary>
public sealed class ServerDeathTests : IAsyncDisposable
{
    private readonly SandboxLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    public static IEnumerable<TheoryDataRow<int>> Moments() => Enumerable.Range(0, 12).Select(step => new TheoryDataRow<int>(step * 6));

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task KilledDuringTheStart_LeavesNothingAfterTheNextServersCleaning(int milliseconds)
    {
        using var victim = Start();
        var id = (await victim.StandardOutput.ReadLineAsync())!;
        await victim.StandardInput.WriteLineAsync();
        (await victim.StandardOutput.ReadLineAsync()).ShouldBe("go");
        var began = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => began.ElapsedMilliseconds >= milliseconds);
        victim.Kill();
        await victim.WaitForExitAsync();

        (await _lab.Driver.CleanAsync(id, null, CancellationToken.None)).ShouldBeEmpty();

        // A launch that had not joined anything yet ends by itself, without its server or its cgroups.
        SpinWait.SpinUntil(() => Remains.Of(id).Count == 0, SandboxLab.Patience).ShouldBeTrue(string.Join('\n', Remains.Of(id)));
    }

    [Fact]
    public async Task KilledAfterTheStart_IsFollowedByOneThatAdopts()
    {
        using var victim = Start();
        await victim.StandardInput.WriteLineAsync();
        _ = await victim.StandardOutput.ReadLineAsync();
        _ = await victim.StandardOutput.ReadLineAsync();
        var runtime = JsonSerializer.Deserialize<SandboxRuntime>((await victim.StandardOutput.ReadLineAsync())!)!;
        victim.Kill();
        await victim.WaitForExitAsync();

        var adopted = (await _lab.Driver.AdoptAsync(runtime, CancellationToken.None)).ShouldNotBeNull();

        (await adopted.OutputAsync("echo alive")).ShouldBe("alive");
        (await adopted.StopAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBeEmpty();
        Remains.Of(runtime.Id).ShouldBeEmpty();
    }

    private Process Start() =>
        Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["start", _lab.Root])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            }
        )!;
}
