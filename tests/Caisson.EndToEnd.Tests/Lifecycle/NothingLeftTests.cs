using System.Text;
using Caisson.EndToEnd.Tests.Lab;
using Caisson.EndToEnd.Tests.Secrets;

namespace Caisson.EndToEnd.Tests.Lifecycle;

/// <summary>Sandboxes that end leave no process, control group, socket or directory.</summary>
public sealed class NothingLeftTests
{
    [Fact]
    public async Task AfterTwentyRunsInARow_AndTwentyAtOnce()
    {
        await using var installation = await Installation.StartAsync();
        // What the first run makes for good is there before anything is counted.
        (await RunAsync(installation, "warm")).ShouldSucceed();
        var before = Everything(installation);

        for (var run = 0; run < 20; run++)
            (await RunAsync(installation, "row")).ShouldSucceed().Out.ShouldBe("ran\n");
        Everything(installation).ShouldBe(before);

        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => RunAsync(installation, $"crowd{number}")));
        foreach (var outcome in together)
            outcome.ShouldSucceed().Out.ShouldBe("ran\n");
        Everything(installation).ShouldBe(before);
        (await installation.ListAsync()).ShouldBeEmpty();
    }

    private static Task<Outcome> RunAsync(Installation installation, string name) =>
        installation.RunAsync("run", "--name", name, "--yes", "--", "echo", "ran");

    /// <summary>Paths below the home but for logs and the database, control groups, and processes that name the home.</summary>
    private static IReadOnlyList<string> Everything(Installation installation)
    {
        var links = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var files = Directory
            .EnumerateFileSystemEntries(installation.Home, "*", links)
            .Where(path => !path.Contains("/logs/", StringComparison.Ordinal) && !path.Contains("state.db", StringComparison.Ordinal));
        var groups = Directory.Exists("/sys/fs/cgroup")
            ? Directory.EnumerateDirectories("/sys/fs/cgroup", "*", links).Where(IsOfThese)
            : [];
        var processes = Search
            .Processes()
            .Select(process => Encoding.UTF8.GetString(Search.Read($"/proc/{process}/cmdline")).Replace('\0', ' '))
            .Where(line => line.Contains(installation.Home, StringComparison.Ordinal));
        return [.. files.Concat(groups).Concat(processes).Order(StringComparer.Ordinal)];
    }

    private static bool IsOfThese(string group) =>
        new[] { "warm-", "row-", "crowd" }.Any(name => Path.GetFileName(group).Contains(name, StringComparison.Ordinal));
}
