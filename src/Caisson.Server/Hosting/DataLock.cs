using System.Globalization;

namespace Caisson.Server.Hosting;

/// <summary>One server a data directory: held for the life of the process by a lock that the kernel lets go of when it dies.</summary>
internal sealed class DataLock : IDisposable
{
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>Null when another server has it; <paramref name="owner"/> is then its pid, or 0.</summary>
    internal static DataLock? TryTake(string path, out int owner)
    {
        owner = 0;
        // The pid is in a file of its own: the framework's lock keeps others from reading the locked one.
        var pid = path + ".pid";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            if (File.Exists(pid))
                _ = int.TryParse(File.ReadAllText(pid), CultureInfo.InvariantCulture, out owner);
            return null;
        }
        try
        {
            File.WriteAllText(pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();
}
