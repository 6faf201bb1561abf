using System.Globalization;

namespace Caisson.Workspaces.Allocation;

/// <summary>
/// Unprivileged user ids for sandboxes of a root server: each gets its own, so that no file, signal or process of one can be reached from
/// another even if both left their namespaces. The marks are shared by all servers of the machine and guarded by one file lock.
/// </summary>
public sealed class UserPool(string directory = "/run/caisson-users")
{
    /// <summary>Above the ranges that distributions give to containers and systemd, below 2^31.</summary>
    public const int FirstUser = 1_900_000_000;

    private const int Slots = 65_536;

    /// <summary>Takes the wanted slot when it is free or already this owner's, else the lowest free one.</summary>
    /// <param name="owner">Who holds it: the path of the sandbox's state.</param>
    public int Take(string owner, int? wanted = null)
    {
        using var gate = Enter();
        if (wanted is { } slot && (!File.Exists(Mark(slot)) || File.ReadAllText(Mark(slot)) == owner))
        {
            File.WriteAllText(Mark(slot), owner);
            return slot;
        }
        for (var candidate = 0; candidate < Slots; candidate++)
        {
            // A mark whose sandbox is gone was left by a server that died or was removed.
            if (File.Exists(Mark(candidate)) && Directory.Exists(File.ReadAllText(Mark(candidate))))
                continue;
            File.WriteAllText(Mark(candidate), owner);
            return candidate;
        }
        throw new Sandboxes.SandboxException(
            "limit",
            $"All {Slots} sandbox users of this machine are taken.",
            "caisson rm sandboxes that are no longer needed."
        );
    }

    public void Release(int slot, string owner)
    {
        using var gate = Enter();
        if (File.Exists(Mark(slot)) && File.ReadAllText(Mark(slot)) == owner)
            File.Delete(Mark(slot));
    }

    private string Mark(int slot) => Path.Combine(directory, slot.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits for the lock, also against other processes.</summary>
    private FileStream Enter()
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return FileGate.Enter(Path.Combine(directory, "lock"));
    }
}
