namespace Caisson.Agents.Store;

/// <summary>One installation of an agent at a time on a machine, over all processes. The kernel frees the lock when its holder dies.</summary>
internal static class InstallLock
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the lock is free; dispose the result to free it.</summary>
    /// <param name="waiting">Called once when another process has it.</param>
    internal static async Task<FileStream> TakeAsync(string file, TimeProvider time, Action waiting, CancellationToken cancellation)
    {
        var told = false;
        while (true)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (IsTaken(error))
            {
                if (!told)
                    waiting();
                told = true;
            }
            await Task.Delay(Retry, time, cancellation);
        }
    }

    /// <summary>EWOULDBLOCK (11), which .NET reports as a sharing violation; other I/O errors won't go away by waiting.</summary>
    private static bool IsTaken(IOException error) => error.GetType() == typeof(IOException) && (error.HResult & 0xFFFF) is 11 or 32;
}
