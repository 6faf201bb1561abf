using Caisson.Sandboxes;
using Caisson.Workspaces.Allocation;

namespace Caisson.Workspaces.Tests.Allocation;

public sealed class SandboxIdsTests : IDisposable
{
    private readonly CaissonDirectories _directories = new(Directory.CreateTempSubdirectory("cst-ids-").FullName);

    public SandboxIdsTests() => _directories.Prepare();

    public void Dispose() => Directory.Delete(_directories.Home, recursive: true);

    [Fact]
    public void AThousand_FromManyThreads_AreAllDifferentAndWellFormed()
    {
        var ids = new string[1000];
        Parallel.For(
            0,
            ids.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 50 },
            index => ids[index] = SandboxIds.Take(_directories, "Web App")
        );

        ids.Distinct().Count().ShouldBe(ids.Length);
        ids.ShouldAllBe(id => SandboxId.IsValid(id) && id.StartsWith("web-app-"));
        Directory.EnumerateDirectories(_directories.Sandboxes).Count().ShouldBe(ids.Length);
    }

    [Fact]
    public void AnIdThatWasNeverUsed_ComesBack_AndOneThatWasStays()
    {
        var (unused, used) = (SandboxIds.Take(_directories, "a"), SandboxIds.Take(_directories, "a"));
        File.WriteAllText(Path.Combine(_directories.Sandbox(used).State, "metadata.json"), "{}");

        SandboxIds.ReturnUnused(_directories);

        Directory.Exists(_directories.Sandbox(unused).State).ShouldBeFalse();
        Directory.Exists(_directories.Sandbox(used).State).ShouldBeTrue();
    }

    [Fact]
    public void Users_AreDifferentToo_AndComeBack()
    {
        var pool = new UserPool(Path.Combine(_directories.Home, "users"));
        var owners = Enumerable
            .Range(0, 100)
            .Select(number => Directory.CreateDirectory(Path.Combine(_directories.Sandboxes, $"o{number}")).FullName)
            .ToArray();
        var slots = new int[owners.Length];
        Parallel.For(0, owners.Length, index => slots[index] = pool.Take(owners[index]));
        slots.Order().ShouldBe(Enumerable.Range(0, 100));

        pool.Release(slots[7], owners[7]);
        pool.Release(slots[8], owners[9]);

        pool.Take(owners[7]).ShouldBe(slots[7]);
        pool.Take(owners[8]).ShouldBe(100);
    }
}
