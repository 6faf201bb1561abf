namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A data directory on a small file system of its own, which can be filled to the last block. Needs root, which alone may mount.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(BareHome home) => Home = home;

    internal BareHome Home { get; }

    private string Filler => Path.Combine(Home.Path, "filler");

    internal static async Task<SmallDisk> CreateAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root", "A small disk can be mounted by root alone.");
        var disk = new SmallDisk(new BareHome());
        (await Command.RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "caisson-small", disk.Home.Path)).ShouldSucceed();
        disk.Home.Write("caisson.yaml", "server:\n  listen: none\n");
        return disk;
    }

    /// <summary>Fills it, but for <paramref name="spare"/> KiB.</summary>
    internal async Task FillAsync(int spare)
    {
        Free();
        // cat ends with an error when nothing is left.
        await Command.RunAsync("sh", "-c", "cat /dev/zero > \"$0\"", Filler);
        await using var filler = new FileStream(Filler, FileMode.Open);
        filler.SetLength(filler.Length - spare * 1024);
    }

    internal void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await Home.EndServerAsync();
        (await Command.RunAsync("umount", Home.Path)).ShouldSucceed();
        await Home.DisposeAsync();
    }
}
