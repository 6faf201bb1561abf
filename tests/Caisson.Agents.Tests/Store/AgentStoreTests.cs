using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Store;

public sealed class AgentStoreTests : IAsyncLifetime
{
    private const long Unpacked = 1000;
    private readonly string root = Directory.CreateTempSubdirectory("caisson-store-").FullName;
    private readonly HttpClient client = new();
    private RegistryStandIn registry = null!;

    public async ValueTask InitializeAsync() => registry = await RegistryStandIn.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        client.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Installs_AnAgentThatCanBeRunAndNotWritten()
    {
        var store = Store(registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent"));
        store.State("agent").StatusName.ShouldBe("not_installed");

        var result = await store.InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldBeNull();
        result.Downloaded.ShouldBeTrue();
        var state = store.State("agent");
        state.StatusName.ShouldBe("ready", state.Why);
        state.Directory.ShouldBe(result.Directory);
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.GetUnixFileMode(Path.Combine(result.Directory!, "bin/agent")).ShouldBe(read | run);
        File.GetUnixFileMode(Path.Combine(result.Directory!, "README.md")).ShouldBe(read);
        File.GetUnixFileMode(Path.Combine(result.Directory!, "bin")).ShouldBe(read | run | UnixFileMode.UserWrite);
        Directory
            .GetFileSystemEntries(Path.Combine(root, "agent"))
            .Select(Path.GetFileName)
            .ShouldBe(["1.0.0", ".lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task AsksNothingOfTheNetwork_OnceItIsInstalled()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");
        await Store(build).InstallAsync("agent", null, CancellationToken.None);
        registry.Requests.ShouldBe(1);

        for (var start = 0; start < 500; start++)
        {
            // Each start is a process of its own: nothing is remembered but the directory.
            var store = Store(build);
            store.State("agent").Status.ShouldBe(AgentStoreStatus.Ready);
            (await store.InstallAsync("agent", null, CancellationToken.None)).Downloaded.ShouldBeFalse();
        }

        registry.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task DownloadsOnce_WhenManyInstallAtTheSameTime()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");

        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store(build).InstallAsync("agent", null, CancellationToken.None)))
        );

        results.ShouldAllBe(result => result.Error == null);
        results.Count(result => result.Downloaded).ShouldBe(1);
        registry.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_AnArchiveWithAnotherSum_AndKeepsTheVersionBefore()
    {
        var first = registry.Publish("agent", TestArchive.Usual("first"), Unpacked, "bin/agent");
        var good = await Store(first).InstallAsync("agent", null, CancellationToken.None);
        var second = registry.Publish("agent-2", TestArchive.Usual("again"), Unpacked, "bin/agent");
        // Another time in the gzip header (RFC 1952, MTIME): it would unpack all the same, so that only the sum can tell.
        var archive = TestArchive.Usual("again");
        archive[4] ^= 1;
        second = second with { Size = archive.Length };
        registry.Replace("agent-2", archive);

        var result = await Store(second, "2.0.0").InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldNotBeNull().ShouldContain("agent-2.tgz");
        result.Error.ShouldContain(second.Sha256);
        result.Error.ShouldContain("what was installed before is unchanged");
        Store(first).State("agent").Directory.ShouldBe(good.Directory);
        Directory.Exists(Path.Combine(root, "agent", "2.0.0")).ShouldBeFalse();
        Directory.GetFiles(Path.Combine(root, "agent")).Select(Path.GetFileName).ShouldBe([".lock"]);
    }

    [Fact]
    public async Task Refuses_AnArchiveWhoseSecondSumIsWrong()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");

        var result = await Store(build with { Integrity = "sha512-AAAA" }).InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldNotBeNull().ShouldContain("SHA-512");
    }

    [Fact]
    public async Task StopsReading_AnArchiveThatIsLongerThanPinned()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");
        registry.Replace("agent", new byte[10_000_000]);

        var result = await Store(build).InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldNotBeNull().ShouldContain($"longer than {build.Size} bytes");
    }

    [Fact]
    public async Task SaysWhatToDo_WhenTheConnectionBreaks()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");
        registry.CutAfter = 100;

        var result = await Store(build).InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldNotBeNull().ShouldStartWith("agent 1.0.0 was not installed: ");
        result.Error.ShouldContain("HTTPS_PROXY or NPM_REGISTRY");
        Directory.GetFiles(Path.Combine(root, "agent")).Select(Path.GetFileName).ShouldBe([".lock"]);
    }

    [Fact]
    public async Task SaysWhatToDo_WhenTheRegistryHasNotThisVersion()
    {
        var build = TestArchive.Pin("https://registry.npmjs.org/nowhere.tgz", [1], Unpacked, "bin/agent");

        var result = await Store(build).InstallAsync("agent", null, CancellationToken.None);

        result.Error.ShouldNotBeNull().ShouldContain("nowhere.tgz answered 404");
    }

    [Fact]
    public async Task SaysSo_WhenNobodyListens()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");
        var store = new AgentStore(root, Pins(build, "1.0.0"), client, new Uri("http://127.0.0.1:1/"), TimeProvider.System, "x64");

        (await store.InstallAsync("agent", null, CancellationToken.None)).Error.ShouldNotBeNull().ShouldContain("could not be read");
    }

    [Fact]
    public async Task NamesTheDisk_WhenItIsFull()
    {
        // A file system of 64 KiB: the kernel's own ENOSPC, not a pretended one.
        var small = Path.Combine(root, "small");
        Directory.CreateDirectory(small);
        Assert.SkipUnless(Mounts.TryTmpfs(small, "64k"), "Mounting a small file system needs root.");
        try
        {
            var noise = System.Security.Cryptography.RandomNumberGenerator.GetHexString(400_000);
            var archive = TestArchive.Make(TestArchive.File("package/bin/agent", noise, TestArchive.Runnable));
            var build = registry.Publish("agent", archive, 400_000, "bin/agent");
            var store = new AgentStore(small, Pins(build, "1.0.0"), client, registry.Address, TimeProvider.System, "x64");

            var result = await store.InstallAsync("agent", null, CancellationToken.None);

            result.Error.ShouldNotBeNull().ShouldContain($"the disk of {small} is full");
            Directory.GetFiles(Path.Combine(small, "agent")).Select(Path.GetFileName).ShouldBe([".lock"]);
        }
        finally
        {
            Mounts.Unmount(small);
        }
    }

    [Theory]
    [InlineData("README.md", null, "README.md is missing")]
    [InlineData("README.md", "longer than before", "README.md has 18 bytes and not 7")]
    [InlineData(".caisson-agent.json", "{", ".caisson-agent.json can't be read")]
    public async Task FindsDamage_AndRepairsIt(string file, string? content, string why)
    {
        var store = Store(registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent"));
        var home = (await store.InstallAsync("agent", null, CancellationToken.None)).Directory!;
        File.Delete(Path.Combine(home, file));
        if (content is not null)
            await File.WriteAllTextAsync(Path.Combine(home, file), content);

        var broken = store.State("agent");
        broken.StatusName.ShouldBe("broken");
        broken.Why.ShouldNotBeNull().ShouldContain(why);
        broken.Directory.ShouldBeNull();

        (await store.InstallAsync("agent", null, CancellationToken.None)).Error.ShouldBeNull();
        store.State("agent").StatusName.ShouldBe("ready");
    }

    [Fact]
    public async Task IgnoresTheLeftoversOfAKilledInstallation()
    {
        var store = Store(registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent"));
        Directory.CreateDirectory(Path.Combine(root, "agent", ".unpacked", "bin"));
        await File.WriteAllTextAsync(Path.Combine(root, "agent", ".unpacked", "bin", "agent"), "half");
        await File.WriteAllTextAsync(Path.Combine(root, "agent", ".download"), "half");
        store.State("agent").StatusName.ShouldBe("not_installed");

        (await store.InstallAsync("agent", null, CancellationToken.None)).Error.ShouldBeNull();

        store.State("agent").StatusName.ShouldBe("ready");
    }

    [Fact]
    public async Task Refuses_AnArchiveWithoutTheCommand()
    {
        var store = Store(registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/other"));

        (await store.InstallAsync("agent", null, CancellationToken.None)).Error.ShouldNotBeNull().ShouldContain("no bin/other");
        store.State("agent").StatusName.ShouldBe("not_installed");
    }

    [Fact]
    public async Task SaysSo_WhenThereIsNoPinForThisMachine()
    {
        var build = registry.Publish("agent", TestArchive.Usual("hello"), Unpacked, "bin/agent");
        var store = new AgentStore(root, Pins(build, "1.0.0"), client, registry.Address, TimeProvider.System, "riscv64");

        store.State("agent").Why.ShouldBe("agents.lock has no build of agent for riscv64");
        store.State("other").Why.ShouldBe("agents.lock has no agent 'other'");
        (await store.InstallAsync("agent", null, CancellationToken.None)).Error.ShouldBe("agents.lock has no build of agent for riscv64");
        registry.Requests.ShouldBe(0);
    }

    private static AgentLock Pins(AgentBuild build, string version) =>
        new()
        {
            Schema = 1,
            Agents = new Dictionary<string, AgentPin>
            {
                ["agent"] = new("agent", version, "MIT", new Dictionary<string, AgentBuild> { ["x64"] = build }),
            },
        };

    private AgentStore Store(AgentBuild build, string version = "1.0.0") =>
        new(root, Pins(build, version), client, registry.Address, TimeProvider.System, "x64");
}
