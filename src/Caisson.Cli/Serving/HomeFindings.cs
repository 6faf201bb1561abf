using Caisson.Sandboxes.Doctor;

namespace Caisson.Cli.Serving;

/// <summary>What is wrong with the data directory, and how it is mended without any risk: narrower modes, and a socket that nobody listens on.</summary>
internal static class HomeFindings
{
    private const UnixFileMode ForOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private static readonly string[] Directories = ["", "keys", "credentials", "logs", "run", "sandboxes"];
    private static readonly string[] Files = ["token", "state.db", "caisson.sock"];

    /// <param name="home">The data directory; one that isn't there has no findings.</param>
    /// <param name="listening">Whether a server answers.</param>
    internal static IReadOnlyList<Repair> Of(string home, bool listening)
    {
        if (!Directory.Exists(home))
            return [];
        var socket = Path.Combine(home, "caisson.sock");
        var stale = !listening && File.Exists(socket);
        return
        [
            .. Directories.Select(name => Path.Combine(home, name)).Where(Directory.Exists).SelectMany(Loose),
            .. new[] { "keys", "credentials" }
                .Select(name => Path.Combine(home, name))
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateFiles)
                .Concat(Files.Select(name => Path.Combine(home, name)).Where(File.Exists))
                .Where(file => !stale || file != socket)
                .SelectMany(Loose),
            .. stale ? [Stale(socket)] : Array.Empty<Repair>(),
        ];
    }

    private static IEnumerable<Repair> Loose(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & ForOthers) == UnixFileMode.None)
            yield break;
        var narrow = mode & ~ForOthers;
        yield return new Repair(
            new Finding(
                "home.mode",
                Severity.Warning,
                $"{path} has mode {Octal(mode)}: other users of this machine can reach it.",
                $"chmod {Octal(narrow)} {path}"
            ),
            () => File.SetUnixFileMode(path, narrow)
        );
    }

    private static Repair Stale(string socket) =>
        new(
            new Finding("socket.stale", Severity.Warning, $"{socket} is left of a server that has ended.", $"rm {socket}"),
            () => File.Delete(socket)
        );

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode & 0xfff, 8).PadLeft(4, '0');
}

/// <param name="Finding">Its fix is what <paramref name="Do"/> does.</param>
internal sealed record Repair(Finding Finding, Action Do);
