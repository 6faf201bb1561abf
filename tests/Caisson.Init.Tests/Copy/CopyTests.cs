using System.Formats.Tar;
using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Tests.Sandbox;

namespace Caisson.Init.Tests.Copy;

public sealed class CopyTests : IAsyncLifetime
{
    private const string Root = "/home/agent/target";
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _sandbox.Ready.Ready.ShouldBeTrue(_sandbox.Ready.Cause);
        await _sandbox.ShellAsync("mkdir target outside; echo safe > outside/file");
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Brings_BackWhatItBroughtIn()
    {
        var longName = string.Join('/', Enumerable.Repeat("a-rather-long-directory-name", 8)) + "/file";
        var content = new byte[3_000_001];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i >> 7);
        }

        var archive = Archive(
            new PaxTarEntry(TarEntryType.Directory, "dir/"),
            File("dir/file", "content"),
            File(longName, "deep"),
            File("empty", ""),
            File("big", content),
            new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "dir/file" },
            new PaxTarEntry(TarEntryType.HardLink, "hard") { LinkName = "dir/file" }
        );

        var put = await _sandbox.Client.CopyInAsync(archive, Root);
        put.Entries.ShouldBe(7);
        put.Bytes.ShouldBe(content.Length + 11);
        using var back = new MemoryStream();
        await _sandbox.Client.CopyOutAsync(Root, back);

        var entries = Read(back);
        Encoding.UTF8.GetString(entries["dir/file"].Content).ShouldBe("content");
        Encoding.UTF8.GetString(entries["hard"].Content).ShouldBe("content");
        Encoding.UTF8.GetString(entries[longName].Content).ShouldBe("deep");
        entries["big"].Content.AsSpan().SequenceEqual(content).ShouldBeTrue();
        entries["empty"].Content.ShouldBeEmpty();
        entries["link"].Entry.LinkName.ShouldBe("dir/file");
        entries["dir/"].Entry.EntryType.ShouldBe(TarEntryType.Directory);
    }

    [Fact]
    public async Task Unpacks_WhatGnuTarPacked_AndTarUnpacksWhatWePack()
    {
        await _sandbox.ShellAsync(
            "mkdir -p source/$(printf 'x%.0s' {1..120}); printf abc > source/$(printf 'x%.0s' {1..120})/f; chmod 750 source/x*; "
                + "ln -s $(printf 'y%.0s' {1..150}) source/l; tar -cf gnu.tar -C source ."
        );
        await using var archive = System.IO.File.OpenRead(Path.Combine(_sandbox.Home, "gnu.tar"));
        await _sandbox.Client.CopyInAsync(archive, Root);
        using var back = new MemoryStream();
        await _sandbox.Client.CopyOutAsync(Root, back);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(_sandbox.Home, "ours.tar"), back.ToArray());

        var result = await _sandbox.ShellAsync(
            "mkdir again; tar -xf ours.tar -C again && diff -r --no-dereference source again && stat -c %a again/x*"
        );

        result.Output.ShouldBe("750\n", result.Errors);
    }

    [Fact]
    public async Task Takes_OnlyTheNamedPaths()
    {
        await _sandbox.ShellAsync("mkdir -p target/a/b target/c; echo 1 > target/a/b/one; echo 2 > target/c/two");
        using var back = new MemoryStream();

        await _sandbox.Client.CopyOutAsync(Root, back, ["a/b", "missing"]);

        Read(back).Keys.ShouldBe(["a/b/", "a/b/one"], ignoreOrder: true);
    }

    [Fact]
    public async Task Refuses_AnAbsolutePath() => await RefusedAsync(File("/etc/cron", "x"), "/etc/cron: absolute");

    [Fact]
    public async Task Refuses_ParentDirectories() =>
        await RefusedAsync(File("a/../../outside/file", "x"), "a/../../outside/file: paths with ..");

    [Fact]
    public async Task Refuses_SetuidFiles()
    {
        var entry = File("sudo", "x");
        entry.Mode |= UnixFileMode.SetUser;
        await RefusedAsync(entry, "sudo: setuid");
    }

    [Fact]
    public async Task Refuses_DeviceNodes() =>
        await RefusedAsync(new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 8 }, "disk: device nodes");

    [Fact]
    public async Task Refuses_NamedPipes() => await RefusedAsync(new PaxTarEntry(TarEntryType.Fifo, "pipe"), "pipe: named pipes");

    [Fact]
    public async Task Refuses_AWayThroughALinkOfTheArchive_OutOfTheRoot()
    {
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "way") { LinkName = "../outside" };
        await RefusedAsync([link, File("way/file", "evil")], "way/file: a symbolic link");
        (await _sandbox.ShellAsync("cat outside/file")).Output.ShouldBe("safe\n");
    }

    [Fact]
    public async Task Refuses_AHardLinkToOutside() =>
        await RefusedAsync(
            [
                new PaxTarEntry(TarEntryType.SymbolicLink, "way") { LinkName = "/home/agent/outside" },
                new PaxTarEntry(TarEntryType.HardLink, "mine") { LinkName = "way/file" },
            ],
            "way/file: a symbolic link"
        );

    [Fact]
    public async Task Replaces_ALinkInsteadOfWritingThroughIt()
    {
        await _sandbox.ShellAsync("ln -s ../outside/file target/file; ln outside/file target/hard");

        await _sandbox.Client.CopyInAsync(Archive(File("file", "new"), File("hard", "new")), Root);

        (await _sandbox.ShellAsync("cat outside/file; cat target/file target/hard")).Output.ShouldBe("safe\nnewnew");
    }

    [Fact]
    public async Task Packs_ALinkAsALink_NotWhatItLeadsTo()
    {
        await _sandbox.ShellAsync("ln -s /etc target/etc; ln -s ../outside target/out; mkfifo target/pipe");
        using var back = new MemoryStream();

        await _sandbox.Client.CopyOutAsync(Root, back);

        Read(back).Keys.ShouldBe(["etc", "out"], ignoreOrder: true);
    }

    [Fact]
    public async Task Writes_NothingOutside_WhileAnAgentSwapsDirectoriesForLinks()
    {
        await using var swapping = await _sandbox.Client.StartAttachedAsync(
            new Caisson.Init.Protocol.Control.StartRequest
            {
                Arguments =
                [
                    "perl",
                    "-e",
                    "chdir 'target'; print 'ready'; $|=1; print ' '; while (1) { mkdir 'd'; rename 'd', 'gone'; symlink '../outside', 'd'; unlink 'd'; rename 'gone', 'd' }",
                ],
                TimeoutMilliseconds = 30_000,
            }
        );
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            try
            {
                await _sandbox.Client.CopyInAsync(Archive(File("d/planted", "evil")), Root);
            }
            catch (InitException e)
            {
                e.Code.ShouldBe("archive_refused");
                refused++;
            }
        }

        await _sandbox.Client.SignalAsync(swapping.Process, 9);
        (await _sandbox.ShellAsync("ls outside")).Output.ShouldBe("file\n");
        refused.ShouldBeInRange(1, 299); // both states were met
    }

    [Fact]
    public async Task Says_WhenTheArchiveIsCutOff()
    {
        var whole = Archive(File("file", new byte[5000]));

        var error = await Should.ThrowAsync<InitException>(() =>
            _sandbox.Client.CopyInAsync(new MemoryStream(whole.ToArray()[..2000]), Root)
        );

        error.Code.ShouldBe("archive_refused");
        error.Message.ShouldContain("middle of an entry");
    }

    private Task RefusedAsync(TarEntry entry, string message) => RefusedAsync([entry], message);

    private async Task RefusedAsync(TarEntry[] entries, string message)
    {
        // More than sockets hold follows, so that the answer must come while we still send.
        var archive = Archive([.. entries, File("rest", new byte[2_000_000])]);

        var error = await Should.ThrowAsync<InitException>(() => _sandbox.Client.CopyInAsync(archive, Root));

        error.Code.ShouldBe("archive_refused");
        error.Message.ShouldStartWith(message);
    }

    private static PaxTarEntry File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    private static PaxTarEntry File(string name, byte[] content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    private static MemoryStream Archive(params TarEntry[] entries)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }

    private static Dictionary<string, (TarEntry Entry, byte[] Content)> Read(MemoryStream archive)
    {
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var entries = new Dictionary<string, (TarEntry, byte[])>(StringComparer.Ordinal);
        while (reader.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            entries.Add(entry.Name, (entry, content.ToArray()));
        }

        return entries;
    }
}
