using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Caisson.Storage.Tests.Lab;

/// <summary>
/// A PostgreSQL server of the tests' own: Debian's programs, an empty cluster in a temporary directory, a loopback port. It won't run as root, so
/// root starts it as <c>nobody</c>.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("caisson-postgres-").FullName;
    private readonly string _programs;
    private readonly int _port = FreePort();
    private int _databases;

    public PostgresCluster()
    {
        _programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Last()
            : throw new InvalidOperationException("PostgreSQL is missing: ./dev test installs it (Debian's package postgresql).");
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111);
        Run("initdb", "-D", Data, "-U", "caisson", "-A", "trust", "-E", "UTF8", "--no-sync");
        Run(
            "pg_ctl",
            "-D",
            Data,
            "-w",
            "-l",
            Path.Combine(_directory, "log"),
            "-o",
            $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories='' -c fsync=off",
            "start"
        );
    }

    private string Data => Path.Combine(_directory, "data");

    /// <summary>A connection string for a database that is empty and this caller's alone.</summary>
    public string NewDatabase()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        Run("createdb", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "caisson", name);
        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=caisson;Database={name};Pooling=true");
    }

    public void Dispose()
    {
        Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        Directory.Delete(_directory, recursive: true);
    }

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo
        {
            FileName = Environment.IsPrivilegedProcess ? "/usr/sbin/runuser" : Path.Combine(_programs, program),
            WorkingDirectory = "/",
        };
        if (Environment.IsPrivilegedProcess)
        {
            foreach (var argument in new[] { "-u", "nobody", "--", Path.Combine(_programs, program) })
                start.ArgumentList.Add(argument);
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The server keeps what it inherits: a pipe would never end.
        var words = Path.Combine(_directory, $"{program}.out");
        start = Quietly(start, words);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {File.ReadAllText(words)}");
    }

    private static ProcessStartInfo Quietly(ProcessStartInfo start, string words)
    {
        var shell = new ProcessStartInfo { FileName = "/bin/sh", WorkingDirectory = start.WorkingDirectory };
        foreach (var argument in new[] { "-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", words, start.FileName })
            shell.ArgumentList.Add(argument);
        foreach (var argument in start.ArgumentList)
            shell.ArgumentList.Add(argument);
        return shell;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
