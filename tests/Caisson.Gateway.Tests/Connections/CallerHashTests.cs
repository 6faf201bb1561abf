using System.Security.Cryptography;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Connections;

public sealed class CallerHashTests
{
    [Fact]
    public async Task Names_TheRunningProgram_InRecords()
    {
        // This process plays PID 1 and the caller at once: its /proc is its own.
        var expected = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Environment.ProcessPath!)));
        await using var lab = await Lab.StartAsync([], exit: o => o with { ExpectedPeerPid = Environment.ProcessId });
        await using var stream = await new SandboxClient(lab, "h.example", 80, false) { Pid = Environment.ProcessId }.ConnectAsync();

        var attempts = 0;
        do
        {
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"u8.ToArray());
            await lab.RecordsAsync(++attempts);
        } while (lab.Records[^1].ExecutableSha256 is null && attempts < 500);

        lab.Records[^1].ExecutableSha256.ShouldBe(expected);
    }

    [Fact]
    public async Task Answers_Null_ForAProcessThatIsGone() =>
        (await new CallerHash().FindAsync(Environment.ProcessId, int.MaxValue)).ShouldBeNull();

    [Fact]
    public async Task Reads_AChangedFile_Anew()
    {
        var hashes = new CallerHash();
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "one");
        var first = await hashes.FindAsync(file);
        (await hashes.FindAsync(file)).ShouldBe(first);

        File.WriteAllText(file, "two");

        (await hashes.FindAsync(file)).ShouldBe(Convert.ToHexStringLower(SHA256.HashData("two"u8)));
    }
}
