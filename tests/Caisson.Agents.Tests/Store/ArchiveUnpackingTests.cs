using System.Formats.Tar;
using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Store;

public sealed class ArchiveUnpackingTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("caisson-unpack-").FullName;
    private string Target => Path.Combine(root, "target");

    public ArchiveUnpackingTests() => Directory.CreateDirectory(Target);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task LeavesOutTheTopDirectory_WhateverItsName()
    {
        var files = await UnpackAsync(TestArchive.File("thing/a/b/c.txt", "text"), TestArchive.File("thing/d.txt", ""));

        files.ShouldBe(new Dictionary<string, long> { ["a/b/c.txt"] = 4, ["d.txt"] = 0 }, ignoreOrder: true);
        (await File.ReadAllTextAsync(Path.Combine(Target, "a/b/c.txt"))).ShouldBe("text");
    }

    [Fact]
    public async Task TakesNoModeButExecution()
    {
        const UnixFileMode dangerous = UnixFileMode.SetUser | UnixFileMode.OtherWrite | TestArchive.Runnable;
        await UnpackAsync(TestArchive.File("package/tool", "text", dangerous));

        File.GetUnixFileMode(Path.Combine(Target, "tool")).ShouldBe((UnixFileMode)0b101_101_101);
    }

    [Theory]
    [InlineData("package/../../outside")]
    [InlineData("../outside")]
    [InlineData("/outside")]
    [InlineData("package//outside")]
    [InlineData("package/./outside")]
    [InlineData("package/..\\outside")]
    public async Task Refuses_ANameThatLeadsOut(string name)
    {
        (await RefusalAsync(TestArchive.File(name, "text"))).ShouldContain("would lead out of its directory");
        Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).ShouldBe([Target]);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task Refuses_ALink(TarEntryType type) =>
        (await RefusalAsync(TestArchive.File("package/a", "text"), TestArchive.Link(type, "package/b", "package/a"))).ShouldContain(
            $"is a {type}"
        );

    [Fact]
    public async Task Refuses_ADevice() =>
        (await RefusalAsync(new PaxTarEntry(TarEntryType.CharacterDevice, "package/null"))).ShouldContain("is a CharacterDevice");

    [Fact]
    public async Task Refuses_AFileThatStandsThereTwice() =>
        (await RefusalAsync(TestArchive.File("package/a", "1"), TestArchive.File("other/a", "2"))).ShouldContain("stands there twice");

    [Fact]
    public async Task Refuses_AnArchiveThatUnpacksToMoreThanPinned() =>
        (await RefusalAsync(TestArchive.File("package/a", new string('x', 1001)))).ShouldContain("larger than the pinned 1000 bytes");

    [Fact]
    public async Task Refuses_ADamagedArchive()
    {
        var archive = TestArchive.Usual("hello");
        var damaged = new MemoryStream(archive[..(archive.Length / 2)]);

        var error = await Should.ThrowAsync<StoreException>(() =>
            ArchiveUnpacking.UnpackAsync(damaged, Target, 1000, _ => { }, CancellationToken.None)
        );

        error.Message.ShouldContain("damaged");
    }

    private Task<SortedDictionary<string, long>> UnpackAsync(params TarEntry[] entries) =>
        ArchiveUnpacking.UnpackAsync(new MemoryStream(TestArchive.Make(entries)), Target, 1000, _ => { }, CancellationToken.None);

    private async Task<string> RefusalAsync(params TarEntry[] entries) =>
        (await Should.ThrowAsync<StoreException>(() => UnpackAsync(entries))).Message;
}
