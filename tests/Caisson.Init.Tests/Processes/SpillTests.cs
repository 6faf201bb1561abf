using System.Security.Cryptography;
using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Processes;

/// <summary>A ring that was moved to disk is the same ring: to the byte, at every edge, and when the disk takes no more.</summary>
public sealed class SpillTests : IAsyncLifetime
{
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData(64 << 10)]
    [InlineData(100_001)] // no whole number of pages
    [InlineData((1 << 20) + 4096)] // more than a piece
    public async Task ASpilledRing_GivesTheSameBytes_WhateverComesAfterwards(int size)
    {
        var terminal = await Printer.StartAsync(_sandbox, size);
        // Before it is full, once more with nothing new, when it is full, just over an edge, and with all of it written over since.
        foreach (var more in new[] { size / 3, 0, size, 10, size + 1 })
        {
            await terminal.PrintAsync(more);
            await terminal.ShouldHoldTheLastAsync(size);

            (await _sandbox.Client.SpillAsync(terminal.Process)).ShouldBe(terminal.Printed);

            await terminal.ShouldHoldTheLastAsync(size);
        }
    }

    [Fact]
    public async Task ASpill_GivesMemoryBack_AndNobodyInsideFindsTheFile()
    {
        const int size = 4 << 20;
        var terminal = await Printer.StartAsync(_sandbox, size);
        await terminal.PrintAsync(size);
        var before = (await _sandbox.Client.InfoAsync()).ResidentBytes;

        await _sandbox.Client.SpillAsync(terminal.Process);

        var after = (await _sandbox.Client.InfoAsync()).ResidentBytes;
        (before - after).ShouldBeGreaterThan(size - (1 << 20));
        await using (
            var view = await _sandbox.Client.AttachAsync(new AttachRequest { Process = terminal.Process, OutputFrom = terminal.Printed })
        )
            view.Spilled.ShouldBe(terminal.Printed);
        Directory.GetFileSystemEntries(Path.Combine(_sandbox.Directory, "run")).Select(Path.GetFileName).ShouldBe(["init.sock"]);
        var inside = await _sandbox.ShellAsync("find / -name 'ring-*' 2>/dev/null; readlink /proc/1/fd/* /proc/1/map_files/*");
        inside.Output.ShouldBe("");
        if (Environment.UserName == "root")
        {
            var files = Directory
                .GetFiles($"/proc/{_sandbox.Pid1}/fd")
                .Where(file => new FileInfo(file).LinkTarget?.Contains("/ring-") == true);
            (await TestSandbox.RunAsync("stat", "-Lc", "%a %h", files.Single())).ShouldBe("600 0\n");
        }
    }

    [Fact]
    public async Task WhenTheDiskTakesNoMore_AllStaysInMemory_AndAProblemIsTold()
    {
        const int size = 2 << 20;
        var terminal = await Printer.StartAsync(_sandbox, size);
        await terminal.PrintAsync(size + 12_345);
        // As a full disk does, it takes a part and then no more.
        await _sandbox.AsItsUserAsync("prlimit", "--pid", $"{_sandbox.Pid1}", $"--fsize={(1 << 20) + 4321}:");

        var refused = await Should.ThrowAsync<InitException>(() => _sandbox.Client.SpillAsync(terminal.Process));

        refused.Code.ShouldBe("not_spilled");
        refused.Message.ShouldContain("the output stays in memory: writing a process's output to disk: File too large");
        await terminal.ShouldHoldTheLastAsync(size);
        await terminal.PrintAsync(99_999);
        await terminal.ShouldHoldTheLastAsync(size);

        await _sandbox.AsItsUserAsync("prlimit", "--pid", $"{_sandbox.Pid1}", "--fsize=unlimited:");
        await _sandbox.Client.SpillAsync(terminal.Process);
        await terminal.ShouldHoldTheLastAsync(size);
    }

    /// <summary>A terminal that prints a file of random bytes piece by piece.</summary>
    private sealed class Printer
    {
        private readonly TestSandbox _sandbox;
        private readonly byte[] _file = RandomNumberGenerator.GetBytes(6 << 20);

        private Printer(TestSandbox sandbox) => _sandbox = sandbox;

        internal uint Process { get; private set; }

        internal int Printed { get; private set; } = 1;

        internal static async Task<Printer> StartAsync(TestSandbox sandbox, int ring)
        {
            var printer = new Printer(sandbox);
            await File.WriteAllBytesAsync(Path.Combine(sandbox.Home, "file"), printer._file);
            const string script =
                "stty raw -echo; head -c 1 file; while read -r from count; do tail -c +$((from + 1)) file 2>/dev/null | head -c $count; done";
            var request = new StartRequest
            {
                Arguments = ["/bin/sh", "-c", script],
                Terminal = new TerminalSize(80, 24),
                RingBytes = ring,
            };
            printer.Process = (await sandbox.Client.StartAsync(request)).Process;
            await printer.ReadAsync(0);
            return printer;
        }

        internal async Task PrintAsync(int count)
        {
            var from = Printed;
            Printed += count;
            await _sandbox.Client.InputAsync(Process, Encoding.ASCII.GetBytes($"{from} {count}\n"));
            await ReadAsync(from);
        }

        internal async Task ShouldHoldTheLastAsync(int size)
        {
            var held = (await _sandbox.Client.ListAsync()).Single(one => one.Process == Process).Output!;
            (held.First, held.End).ShouldBe((Math.Max(0, Printed - size), Printed));
            // Not ShouldBe, which looks at each byte as an object.
            (await ReadAsync(held.First))
                .AsSpan()
                .SequenceEqual(_file.AsSpan()[(int)held.First..Printed])
                .ShouldBeTrue();
        }

        /// <summary>Output from an offset to the end of what was printed, without a gap.</summary>
        private async Task<byte[]> ReadAsync(long from)
        {
            using var limit = new CancellationTokenSource(TestSandbox.Patience);
            var request = new AttachRequest
            {
                Process = Process,
                OutputFrom = from,
                Lossless = true,
            };
            await using var view = await _sandbox.Client.AttachAsync(request, limit.Token);
            var read = new MemoryStream();
            await using var frames = view.ReadFramesAsync(limit.Token).GetAsyncEnumerator(limit.Token);
            while (from + read.Length < Printed)
            {
                (await frames.MoveNextAsync()).ShouldBeTrue();
                var data = frames.Current.ShouldBeOfType<ProcessData>();
                data.Offset.ShouldBe(from + read.Length);
                read.Write(data.Bytes.Span);
            }
            return read.ToArray();
        }
    }
}
