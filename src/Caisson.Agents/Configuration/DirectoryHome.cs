namespace Caisson.Agents.Configuration;

/// <summary>
/// A home that lies on this machine and that nobody else writes to at the time, such as one that is made before its sandbox starts. Links
/// inside it are never followed: what an earlier run left there must not lead the server out of the home.
/// </summary>
/// <param name="directory">Exists.</param>
/// <param name="created">
/// Called with the path of each file and directory right after it was made, before it stands under its name: gives it to the sandbox's user
/// where the server is another one.
/// </param>
public sealed class DirectoryHome(string directory, Action<string>? created = null) : IHomeFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task<string?> ReadAsync(string path, CancellationToken cancellation)
    {
        var file = Resolve(path);
        return File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : null;
    }

    public async Task WriteAsync(string path, string content, CancellationToken cancellation)
    {
        var file = Resolve(path);
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            Make(Path.Combine(directory, path[..slash]));
        var fresh = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
        };
        await using (var writer = new StreamWriter(fresh, options))
            await writer.WriteAsync(content.AsMemory(), cancellation);
        created?.Invoke(fresh);
        File.Move(fresh, file, overwrite: true);
    }

    private void Make(string path)
    {
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        created?.Invoke(path);
    }

    private string Resolve(string path)
    {
        var current = directory;
        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..")
                throw new ArgumentException($"'{path}' does not lie in the home.", nameof(path));
            current = Path.Combine(current, part);
            if (new FileInfo(current).LinkTarget is not null)
                throw new IOException($"~/{path} is, or lies behind, a symbolic link; remove the link and start again.");
        }
        return current;
    }
}
