using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.BadInput;

/// <summary>A full disk ends a launch with one message and leaves nothing; what runs is denied until there is room again.</summary>
public sealed class FullDiskTests
{
    private const int Limit = 5;

    /// <summary>Each place of the launch that needs the disk: the record, the home, the image, the store of trusted roots.</summary>
    [Fact]
    public async Task ALaunch_IsRefused_WhereverTheSpaceRunsOut_AndLeavesNothing()
    {
        await using var disk = await SmallDisk.CreateAsync();
        (await disk.Home.RunAsync("ls")).ShouldSucceed();
        var refused = 0;
        foreach (var spare in new[] { 0, 4, 8, 16, 64, 200, 400, 420, 440, 460, 480, 500 })
        {
            await disk.FillAsync(spare);
            var run = await disk.Home.RunAsync("run", "--rm", "--yes", "--", "true");
            if (run.Code != 0)
            {
                refused++;
                ShouldNameTheDisk(run);
            }
            disk.Home.Left().ShouldBeEmpty($"{spare} KiB were free");
            (await disk.Home.RunAsync("ls", "--format", "jsonl")).ShouldSucceed().Out.ShouldBeEmpty();
        }
        refused.ShouldBeGreaterThan(4);
        disk.Free();
        (await disk.Home.RunAsync("run", "--rm", "--yes", "--", "echo", "fine")).ShouldSucceed().Out.ShouldBe("fine\n");
    }

    [Fact]
    public async Task ARepositoryThatDoesNotFit_EndsTheLaunch_AndLeavesNothing()
    {
        await using var disk = await SmallDisk.CreateAsync();
        using var repository = await Repository.CreateAsync();
        await File.WriteAllBytesAsync(repository.At("large"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(30 << 20));
        await repository.GitAsync("add", ".");
        await repository.GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "large");
        var start = disk.Home.Describe("run", "--rm", "--yes", "--repo", "clone", "--", "true");
        start.WorkingDirectory = repository.Path;

        ShouldNameTheDisk(await Command.RunAsync(start));

        disk.Home.Left().ShouldBeEmpty();
        (await disk.Home.RunAsync("ls", "--format", "jsonl")).ShouldSucceed().Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task AServerThatCanNotStart_NamesTheDisk()
    {
        await using var disk = await SmallDisk.CreateAsync();
        await disk.FillAsync(0);
        ShouldNameTheDisk(await disk.Home.RunAsync("run", "--yes", "--", "true"));
        ShouldNameTheDisk(await disk.Home.RunAsync("serve"));
    }

    [Fact]
    public async Task WhileDecisionsCanNotBeWritten_EverythingIsDenied_AndTheSandboxCanBeRemoved()
    {
        await using var disk = await SmallDisk.CreateAsync();
        await using var session = Session.Start(
            disk.Home.Describe("run", "--name", "full", "--rm", "--yes", "--", "sh", "-c", "echo ready; exec sleep 100000")
        );
        await session.ReadUntilAsync("ready");
        (await AskAsync()).ShouldContain("no_route");

        await disk.FillAsync(0);
        // The last block of the file of decisions has room for some more lines.
        var answer = "";
        for (var request = 0; request < 40 && !answer.Contains("check_failed", StringComparison.Ordinal); request++)
            answer = await AskAsync();
        answer.ShouldContain("check_failed");

        disk.Free();
        // The request that finds the log working again is still denied.
        await AskAsync();
        (await AskAsync()).ShouldContain("no_route");

        await disk.FillAsync(0);
        (await disk.Home.RunAsync("rm", "full")).ShouldSucceed();
        disk.Home.Left().ShouldBeEmpty();

        async Task<string> AskAsync() =>
            (await disk.Home.RunAsync("exec", "full", "--", "curl", "-s", "-m", "20", "http://example.org/")).ShouldSucceed().Out;
    }

    private static void ShouldNameTheDisk(Outcome outcome)
    {
        outcome.Code.ShouldBe(Limit, outcome.All);
        outcome.Error.ShouldContain("No space is left on the disk", Case.Insensitive, outcome.All);
        outcome.Error.ShouldContain("Free disk space", Case.Insensitive, outcome.All);
        outcome.Error.ShouldNotContain("Exception");
        outcome.Error.ShouldNotContain("   at ");
    }
}
