using System.Reflection;
using System.Runtime.InteropServices;

namespace Caisson.Storage;

/// <summary>
/// Which SQLite this process uses: the distribution's, which it keeps patched, or the packaged one where there is none. Called before anything else
/// touches SQLite: functions that were bound earlier would stay with the other library, and a statement of one handed to the other ends the process.
/// </summary>
public static class SqliteLibrary
{
    private static readonly Lazy<bool> Loaded = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.Batteries_V2.Init();
        // Its count of memory is behind one lock for all connections, and nobody reads it. Must come before the first connection.
        if (SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0) is var answer and not SQLitePCL.raw.SQLITE_OK)
            throw new InvalidOperationException($"SQLite refuses to be configured: code {answer}.");
        return true;
    });

    /// <summary>Does its work once.</summary>
    public static void Load() => _ = Loaded.Value;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : 0;
}
