using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

/// <summary>A terminal that prints more than can be processed: its program is slowed and nothing is thrown away. Without anybody to process it, nothing slows it.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private const int Printed = 64 << 20;
    private const int MostBehind = 1 << 20;

    // Beside what PID 1 counts as unseen, a connection holds some: a frame, the socket's buffers.
    private const int OnTheWay = 512 << 10;

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task AProgram_WaitsForAReaderThatIsOneMiBBehind_GoesOnAtAQuarterOfThat_AndLosesNothing()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using var view = await _sandbox.Client.StartAttachedAsync(Flood(), cancellation: limit.Token);
        var paused = await PausedAsync(view.Process, limit.Token);
        paused.ShouldBeInRange(MostBehind, MostBehind + OnTheWay);
        var seen = 0L;
        await using var frames = view.ReadFramesAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        // Still more than a quarter of a MiB behind: the program waits on.
        await ReadToAsync(256 << 10);
        (await PausedAsync(view.Process, limit.Token)).ShouldBe(paused);

        // Now it is not: the program has gone on, by no more than what was read.
        await ReadToAsync(paused - (128 << 10));
        var next = await PausedAsync(view.Process, limit.Token);
        next.ShouldBeInRange(paused + 1, seen + MostBehind + OnTheWay);

        await ReadToAsync(Printed);
        await frames.MoveNextAsync();
        frames.Current.ShouldBeOfType<ProcessEnded>().Exit.OutputEnd.ShouldBe(Printed);

        async Task ReadToAsync(long offset)
        {
            while (seen < offset)
            {
                (await frames.MoveNextAsync()).ShouldBeTrue();
                var data = frames.Current.ShouldBeOfType<ProcessData>();
                data.Offset.ShouldBe(seen);
                seen += data.Bytes.Length;
            }
        }
    }

    [Fact]
    public async Task AProgramThatNobodyReads_RunsToItsEnd_AndTheRingHasTheLastOfIt()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var process = (await _sandbox.Client.StartAsync(Flood(), limit.Token)).Process;
        ProcessInfo info;
        do
        {
            info = await InfoAsync(process, limit.Token);
        } while (info.Exit is null);

        info.Output.ShouldBe(new StreamRange(Printed - (8 << 20), Printed));
    }

    [Theory]
    [InlineData(64 << 10)]
    [InlineData(16 << 20)]
    public async Task ARing_HasTheSizeThatWasAskedFor(int size)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var process = (await _sandbox.Client.StartAsync(Flood() with { RingBytes = size }, limit.Token)).Process;
        ProcessInfo info;
        do
        {
            info = await InfoAsync(process, limit.Token);
        } while (info.Exit is null);

        info.Output.ShouldBe(new StreamRange(Printed - size, Printed));
        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process }, limit.Token);
        var (next, held) = (0L, 0L);
        await foreach (var frame in view.ReadFramesAsync(limit.Token))
        {
            if (frame is ProcessGap gap)
                next = gap.To;
            if (frame is not ProcessData data)
                continue;
            data.Offset.ShouldBe(next);
            (next, held) = (next + data.Bytes.Length, held + data.Bytes.Length);
        }
        held.ShouldBe(size);
    }

    [Theory]
    [InlineData((64 << 10) - 1)]
    [InlineData((256 << 20) + 1)]
    public async Task ARing_OfAnotherSize_IsRefused(int size)
    {
        var refused = await Should.ThrowAsync<InitException>(() => _sandbox.Client.StartAsync(Flood() with { RingBytes = size }));

        (refused.Code, refused.Message.Contains("ringBytes: 65536 to 268435456 are possible", StringComparison.Ordinal)).ShouldBe(
            ("bad_request", true),
            refused.Message
        );
    }

    private static StartRequest Flood() =>
        new() { Arguments = ["/bin/sh", "-c", $"stty raw; exec head -c {Printed} /dev/zero"], Terminal = new TerminalSize(80, 24) };

    /// <summary>Waits until the program waits, and tells how much it has printed then.</summary>
    private async Task<long> PausedAsync(uint process, CancellationToken cancellation)
    {
        var (end, times) = (-1L, 0);
        while (times < 3)
        {
            var now = (await InfoAsync(process, cancellation)).Output!.End;
            // It sleeps only while the terminal takes no more from it.
            var state = (await _sandbox.ShellAsync("ps -o stat= -C head")).Output;
            times = now > 0 && now == end && state.StartsWith('S') ? times + 1 : 0;
            end = now;
        }
        return end;
    }

    private async Task<ProcessInfo> InfoAsync(uint process, CancellationToken cancellation) =>
        (await _sandbox.Client.ListAsync(cancellation)).Single(one => one.Process == process);
}
