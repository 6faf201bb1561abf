namespace Caisson.Workspaces.Allocation;

/// <summary>A lock on a file, against other processes as well as other threads. The kernel releases it when its holder dies.</summary>
internal static class FileGate
{
    /// <summary>Waits for the lock; disposing what is returned releases it.</summary>
    internal static FileStream Enter(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Yield();
            }
        }
    }
}
