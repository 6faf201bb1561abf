using Caisson.Sandboxes;

namespace Caisson.Workspaces.Allocation;

/// <summary>
/// Gives out ids of sandboxes. An id is taken by making its directory, under a lock that also holds between processes: two launches never get
/// the same one, however many start at once.
/// </summary>
internal static class SandboxIds
{
    /// <param name="name">What the id begins with.</param>
    internal static string Take(CaissonDirectories directories, string name)
    {
        using var gate = FileGate.Enter(Path.Combine(directories.Run, "ids.lock"));
        while (true)
        {
            var id = SandboxId.Create(name).Value;
            var files = directories.Sandbox(id);
            if (Directory.Exists(files.State) || Directory.Exists(files.Sockets))
                continue;
            Directory.CreateDirectory(files.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return id;
        }
    }

    /// <summary>
    /// Gives back ids whose server was killed before it wrote anything down: their directories are empty. Called before anything is launched.
    /// </summary>
    internal static void ReturnUnused(CaissonDirectories directories)
    {
        using var gate = FileGate.Enter(Path.Combine(directories.Run, "ids.lock"));
        foreach (var directory in Directory.EnumerateDirectories(directories.Sandboxes))
        {
            if (!Directory.EnumerateFileSystemEntries(directory).Any())
                Directory.Delete(directory);
        }
    }
}
