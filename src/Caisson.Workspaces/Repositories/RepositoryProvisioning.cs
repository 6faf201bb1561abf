using System.Formats.Tar;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes.Repositories;

namespace Caisson.Workspaces.Repositories;

/// <summary>
/// Brings the caller's repository into a sandbox. Objects travel as a bundle, files as an archive: no configuration, hook, remote's URL or
/// ignored file of the host comes along.
/// </summary>
internal sealed class RepositoryProvisioning(HostRepository repository, InitClient init)
{
    private const string Workspace = "/workspace";
    private const string Bundle = ".caisson-bundle";

    private string Inside => $"{Workspace}/{repository.Name}";

    /// <summary>Clones all branches and tags and checks out the branch that the host has checked out.</summary>
    /// <returns>The tree that <c>caisson diff</c> compares with.</returns>
    internal async Task<string> CloneAsync(CancellationToken cancellation)
    {
        var above = new InsideGit(init, Workspace);
        var git = new InsideGit(init, Inside);
        if (repository.Head is null)
        {
            await above.RunAsync(["init", "-q", "-b", repository.Branch ?? "main", "--", Inside], cancellation);
            return await git.SnapshotAsync(cancellation);
        }
        await SendBundleAsync(cancellation);
        // Fetched, not cloned: all local branches are there under their own names, as on the host.
        await above.RunAsync(["init", "-q", "-b", repository.Branch ?? "main", "--", Inside], cancellation);
        await git.RunAsync(
            ["fetch", "-q", "--update-head-ok", $"{Workspace}/{Bundle}", "HEAD", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
            cancellation
        );
        await git.RunAsync(
            ["checkout", "-q", .. repository.Branch is { } branch ? new[] { "-B", branch } : ["--detach"], repository.Head, "--"],
            cancellation
        );
        if (await repository.OriginAsync(cancellation) is { } origin)
            await git.RunAsync(["remote", "add", "--", "origin", origin], cancellation);
        await init.ExecAsync(new ExecRequest { Arguments = ["rm", "-f", "--", $"{Workspace}/{Bundle}"], Idempotent = true }, cancellation);
        return (await git.RunAsync(["rev-parse", "HEAD^{tree}"], cancellation)).Trim();
    }

    /// <summary>As <see cref="CloneAsync"/>, then the working tree's own changes laid over it.</summary>
    internal async Task<string> CopyAsync(CancellationToken cancellation)
    {
        await CloneAsync(cancellation);
        var (present, deleted) = await repository.ChangedAsync(cancellation);
        if (present.Count > 0)
            await SendFilesAsync(present, cancellation);
        foreach (var batch in deleted.Chunk(500))
            await init.ExecAsync(
                new ExecRequest
                {
                    Arguments = ["rm", "-rf", "--", .. batch],
                    WorkingDirectory = Inside,
                    Idempotent = true,
                },
                cancellation
            );
        return await new InsideGit(init, Inside).SnapshotAsync(cancellation);
    }

    private async Task SendBundleAsync(CancellationToken cancellation)
    {
        var file = Path.Combine(Path.GetTempPath(), $"caisson-{Guid.NewGuid():N}.bundle");
        try
        {
            await using (var target = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
                await repository.BundleAsync(target, cancellation);
            await init.SendAsync(
                Workspace,
                async (tar, token) =>
                {
                    await using var content = File.OpenRead(file);
                    var entry = new PaxTarEntry(TarEntryType.RegularFile, Bundle)
                    {
                        DataStream = content,
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    };
                    await tar.WriteEntryAsync(entry, token);
                },
                cancellation
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task SendFilesAsync(IReadOnlyList<string> files, CancellationToken cancellation) =>
        init.SendAsync(
            Inside,
            async (tar, token) =>
            {
                foreach (var path in files)
                {
                    var source = new FileInfo(Path.Combine(repository.Root, path));
                    if (source.LinkTarget is { } target)
                        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }, token);
                    else if (source.Exists)
                    {
                        await using var content = source.OpenRead();
                        var mode = source.UnixFileMode & ~(UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);
                        await tar.WriteEntryAsync(
                            new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, Mode = mode },
                            token
                        );
                    }
                }
            },
            cancellation
        );
}
