using System.Text.Json;

namespace Caisson.Agents.Store;

/// <summary>Installing: 1. lock, 2. download and verify, 3. unpack beside, 4. stamp, 5. put in place by rename.</summary>
public sealed partial class AgentStore
{
    private const int NoSpaceLeft = 28; // ENOSPC

    /// <summary>
    /// Makes <paramref name="name"/> ready. When it is ready already nothing happens, and nothing is asked of the network. Whatever fails, the
    /// store is as it was before, and other agents are not touched.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the store is as it was before.</exception>
    public async Task<InstallResult> InstallAsync(string name, IProgress<InstallProgress>? progress, CancellationToken cancellation)
    {
        var state = State(name);
        if (state.Status is AgentStoreStatus.Ready)
            return new InstallResult(state.Directory, Downloaded: false, Error: null);
        if (state.Status is AgentStoreStatus.NotAvailable)
            return new InstallResult(null, Downloaded: false, state.Why);
        try
        {
            return await InstallLockedAsync(name, pins.Agents[name], Build(name)!, progress, cancellation);
        }
        catch (StoreException error)
        {
            return Failed(error.Message);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == NoSpaceLeft)
        {
            var needed = (Build(name)!.Size + Build(name)!.UnpackedSize) / (1024 * 1024);
            return Failed($"the disk of {directory} is full. {needed} MiB are needed; free some and install again");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failed($"{error.Message} Check {directory} and install again");
        }

        InstallResult Failed(string why) => new(null, Downloaded: false, $"{name} {pins.Agents[name].Version} was not installed: {why}");
    }

    private async Task<InstallResult> InstallLockedAsync(
        string name,
        AgentPin pin,
        AgentBuild build,
        IProgress<InstallProgress>? progress,
        CancellationToken cancellation
    )
    {
        var home = Path.Combine(directory, name);
        ArchiveUnpacking.CreateReadable(home);

        // 1. Whoever waited finds the other's work done.
        await using var held = await InstallLock.TakeAsync(
            Path.Combine(home, ".lock"),
            time,
            () => Report(InstallStage.Waiting, 0, 0),
            cancellation
        );
        if (State(name) is { Status: AgentStoreStatus.Ready } done)
            return new InstallResult(done.Directory, Downloaded: false, Error: null);

        // Leftovers of a process that was killed here: with the lock held they are nobody's.
        var archive = Path.Combine(home, ".download");
        var unpacked = Path.Combine(home, ".unpacked");
        Remove(unpacked);
        try
        {
            ArchiveUnpacking.CreateReadable(unpacked);
            await using (var file = new FileStream(archive, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                // 2.
                var source = NpmRegistry.Locate(build.Url, registry);
                await ArchiveDownload.FetchAsync(
                    client,
                    source,
                    build,
                    file,
                    bytes => Report(InstallStage.Downloading, bytes, build.Size),
                    cancellation
                );

                // 3.
                file.Position = 0;
                void Unpacking(long bytes) => Report(InstallStage.Unpacking, bytes, build.UnpackedSize);
                var files = await ArchiveUnpacking.UnpackAsync(file, unpacked, build.UnpackedSize, Unpacking, cancellation);

                // 4.
                if (!files.ContainsKey(build.Executable))
                    throw new StoreException($"the archive has no {build.Executable}");
                Stamp(unpacked, new StoreStamp(name, pin.Version, build.Sha256, files));
            }

            // 5. A broken predecessor makes room first; sandboxes that run from it keep their mount.
            var target = VersionDirectory(name, pin);
            Remove(target);
            Directory.Move(unpacked, target);
            return new InstallResult(target, Downloaded: true, Error: null);
        }
        finally
        {
            File.Delete(archive);
            Remove(unpacked);
        }

        void Report(InstallStage stage, long bytes, long total) => progress?.Report(new InstallProgress(name, stage, bytes, total));
    }

    private static void Stamp(string home, StoreStamp stamp)
    {
        var path = Path.Combine(home, StoreStamp.FileName);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(stamp, AgentLockJson.Default.StoreStamp));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
