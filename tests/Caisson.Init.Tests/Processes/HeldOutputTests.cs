using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

/// <summary>What recordings need: nothing is lost while nobody is there, and PID 1 knows whether a terminal shows what is typed.</summary>
public sealed class HeldOutputTests : IAsyncLifetime
{
    private const int Printed = 12 << 20;
    private const int Held = 7 << 20;

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task AProcessWaits_BeforeOutputIsLostThatNobodyHasSeen()
    {
        var process = await StartAsync($"stty raw; head -c {Printed} /dev/zero | tr '\\0' x; printf end", hold: true);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        long end;
        do
        {
            end = (await _sandbox.Client.ListAsync(limit.Token)).Single(one => one.Process == process).Output!.End;
        } while (end < Held);
        end.ShouldBe(Held);

        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process, Lossless = true }, limit.Token);
        var (bytes, tail) = (0L, "");
        await foreach (var frame in view.ReadFramesAsync(limit.Token))
        {
            frame.ShouldNotBeOfType<ProcessGap>();
            if (frame is ProcessData data)
            {
                data.Offset.ShouldBe(bytes);
                bytes += data.Bytes.Length;
                tail = Encoding.ASCII.GetString(data.Bytes.Span[^Math.Min(3, data.Bytes.Length)..]);
            }
        }
        bytes.ShouldBe(Printed + 3);
        tail.ShouldEndWith("d");
    }

    [Fact]
    public async Task InputIsTold_WithWhetherItIsShown()
    {
        var process = await StartAsync("read a; stty -echo; printf off; read b; sleep 1000");
        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process, Lossless = true });
        await view.KeyedInputAsync(UInt128.One, 0, "shown\n"u8.ToArray());
        (await UntilAsync(view, "")).ShouldBe(new ProcessInputTaken(UInt128.One, 6, Echoes: true));
        await UntilAsync(view, "off");

        await view.KeyedInputAsync(UInt128.One, 6, "hidden\n"u8.ToArray());

        (await UntilAsync(view, "")).ShouldBe(new ProcessInputTaken(UInt128.One, 13, Echoes: false));
    }

    [Fact]
    public async Task APreface_ComesBeforeAllThatIsPrinted()
    {
        var process = await StartAsync("printf first", preface: "one\ntwo");
        await using var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = process, Lossless = true });
        var text = new StringBuilder();
        await foreach (var frame in view.ReadFramesAsync())
        {
            if (frame is ProcessData data)
                text.Append(Encoding.ASCII.GetString(data.Bytes.Span));
        }
        text.ToString().ShouldBe("one\r\ntwo\r\nfirst");
    }

    private async Task<uint> StartAsync(string script, bool hold = false, string? preface = null) =>
        (
            await _sandbox.Client.StartAsync(
                new StartRequest
                {
                    Arguments = ["/bin/sh", "-c", script],
                    Terminal = new TerminalSize(80, 24),
                    HoldOutput = hold,
                    Preface = preface,
                }
            )
        ).Process;

    /// <summary>Reads up to a text, or without one up to the next answer to input.</summary>
    private static async Task<ProcessInputTaken?> UntilAsync(ProcessAttachment view, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = "";
        await foreach (var frame in view.ReadFramesAsync(limit.Token))
        {
            if (frame is ProcessInputTaken taken && text.Length == 0)
                return taken;
            if (frame is ProcessData data)
                seen += Encoding.ASCII.GetString(data.Bytes.Span);
            if (text.Length > 0 && seen.Contains(text, StringComparison.Ordinal))
                return null;
        }
        throw new InvalidOperationException($"It ended after: {seen}");
    }
}
