using System.Formats.Tar;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Repositories;

namespace Caisson.Workspaces.Files;

/// <summary>Single files into and out of a running sandbox, through its PID 1, which never follows a link out of home or workspace.</summary>
public static class WorkspaceFiles
{
    /// <summary>Bytes of the largest file that is taken.</summary>
    public const long LargestUpload = 32 << 20;

    /// <summary>Bytes of the largest file that is given out.</summary>
    public const long LargestDownload = 512 << 20;

    private const string Uploads = "uploads";
    private const int LongestName = 100;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] s_roots = [SandboxEnvironment.Home, "/workspace"];

    /// <summary>Puts a file into <c>~/uploads</c>, mode 0600, under a name that was not there before; its path inside.</summary>
    public static async Task<string> UploadAsync(ISandbox sandbox, string name, Stream content, CancellationToken cancellation)
    {
        var path = $"{Uploads}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}_{SafeName(name)}";
        await sandbox.Init.SendAsync(
            SandboxEnvironment.Home,
            async (tar, token) =>
            {
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.Directory, Uploads) { Mode = OwnerOnly | UnixFileMode.UserExecute },
                    token
                );
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, Mode = OwnerOnly },
                    token
                );
            },
            cancellation
        );
        return $"{SandboxEnvironment.Home}/{path}";
    }

    /// <summary>The last part of a name without control characters, leading dots and what else could mean something to a shell or a person.</summary>
    public static string SafeName(string name)
    {
        var clean = new StringBuilder();
        foreach (var character in name[(name.LastIndexOfAny(['/', '\\']) + 1)..])
            clean.Append(char.IsLetterOrDigit(character) || character is '.' or '-' or '_' or ' ' ? character : '_');
        var safe = clean.ToString().TrimStart('.', ' ').TrimEnd();
        return safe.Length == 0 ? "file" : safe[..Math.Min(safe.Length, LongestName)];
    }

    /// <summary>Gives a regular file's size and then its content; null for everything that is none, or is not in home or workspace.</summary>
    /// <param name="receive">Called with the size and the content, from which it reads as much as it wants.</param>
    public static async Task<bool> DownloadAsync(
        ISandbox sandbox,
        string path,
        Func<long, Stream, CancellationToken, Task> receive,
        CancellationToken cancellation
    )
    {
        if (Place(path) is not var (root, below))
            return false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pipe = new Pipe();
        var copying = CopyAsync();
        try
        {
            await using var tar = new TarReader(pipe.Reader.AsStream());
            var entry = await tar.GetNextEntryAsync(copyData: false, cancellation);
            if (
                entry is not { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile }
                || entry.Name.TrimStart('.', '/') != below.TrimStart('.', '/')
            )
                return false;
            await receive(entry.Length, entry.DataStream ?? Stream.Null, cancellation);
            return true;
        }
        catch (InitException exception) when (!exception.IsTransport)
        {
            return false; // PID 1 found no such path
        }
        finally
        {
            await ended.CancelAsync();
            await copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task CopyAsync()
        {
            Exception? failure = null;
            try
            {
                await sandbox.Init.CopyOutAsync(root, pipe.Writer.AsStream(leaveOpen: true), [below], ended.Token);
            }
            catch (Exception exception)
            {
                failure = exception;
                throw;
            }
            finally
            {
                await pipe.Writer.CompleteAsync(failure);
            }
        }
    }

    private static (string Root, string Below)? Place(string path)
    {
        if (path.StartsWith("~/", StringComparison.Ordinal))
            path = $"{SandboxEnvironment.Home}/{path[2..]}";
        if (path.Contains('\0') || path.Split('/').Any(part => part is ".." or "."))
            return null;
        foreach (var root in s_roots)
        {
            if (path.Length > root.Length + 1 && path.StartsWith($"{root}/", StringComparison.Ordinal))
                return (root, path[(root.Length + 1)..].Trim('/'));
        }
        return null;
    }
}
