using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

/// <summary>Input for a program that does not read waits up to a limit, over all who send it; then they wait. None of it is lost.</summary>
public sealed class InputLimitTests : IAsyncLifetime
{
    private const int Limit = 2 << 20;
    private const int KernelsPipe = 64 << 10;
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoMiB_Wait_AndWhatIsBeyondWaitsWithItsSender_UntilTheProgramReads(bool keyed)
    {
        using var limit = new CancellationTokenSource(TestSandbox.Patience);
        var start = new StartRequest
        {
            Arguments = ["/bin/sh", "-c", $"until [ -e go ]; do sleep 0.05; done; head -c {KernelsPipe + Limit + 2} | wc -c"],
            Input = true,
        };
        var process = (await _sandbox.Client.StartAsync(start, limit.Token)).Process;
        // A byte is answered for when it is taken, so at the limit one more is; each comes on a connection of its own.
        await _sandbox.Client.InputAsync(process, new byte[KernelsPipe + Limit], cancellation: limit.Token);
        await SendAsync(key: 1);

        var beyond = SendAsync(key: 2);

        // The sender's request was there before each of these.
        for (var round = 0; round < 5; round++)
            await _sandbox.Client.InfoAsync(limit.Token);
        beyond.IsCompleted.ShouldBeFalse();
        await File.WriteAllTextAsync(Path.Combine(_sandbox.Home, "go"), "", limit.Token);
        await beyond;
        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process }, limit.Token);
        var output = new StringBuilder();
        await foreach (var frame in view.ReadFramesAsync(limit.Token))
        {
            if (frame is ProcessData data)
                output.Append(Encoding.ASCII.GetString(data.Bytes.Span));
        }
        output.ToString().ShouldBe($"{KernelsPipe + Limit + 2}\n");

        Task SendAsync(uint key) =>
            keyed
                ? _sandbox.Client.KeyedInputAsync(process, key, 0, new byte[1], limit.Token)
                : _sandbox.Client.InputAsync(process, new byte[1], cancellation: limit.Token);
    }
}
