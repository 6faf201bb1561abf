using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A fresh <c>CAISSON_HOME</c> without agents and server; a command starts one when it needs it. Disposing ends that.</summary>
internal sealed partial class BareHome : IAsyncDisposable
{
    internal BareHome(string configuration = "server:\n  listen: none\n")
    {
        Path = Directory.CreateTempSubdirectory("ce-").FullName;
        Write("caisson.yaml", configuration);
    }

    internal string Path { get; }

    internal string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    internal Task<Outcome> RunAsync(params string[] arguments) => Command.RunAsync(Describe(arguments));

    internal ProcessStartInfo Describe(params string[] arguments) =>
        Command.Describe(
            Programs.Caisson,
            arguments,
            Path,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["CAISSON_HOME"] = Path }
        );

    /// <summary>Sandboxes' directories: none may be left of a launch that failed.</summary>
    internal IReadOnlyList<string> Left() =>
        [
            .. new[] { "sandboxes", "run" }
                .Select(name => System.IO.Path.Combine(Path, name))
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateDirectories)
                // What all sandboxes share of /etc, made once.
                .Where(directory => !SharedEtc().IsMatch(System.IO.Path.GetFileName(directory))),
        ];

    /// <summary>Ends the server that a command has started.</summary>
    internal async Task EndServerAsync()
    {
        var file = System.IO.Path.Combine(Path, "server.lock.pid");
        if (File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file), out var pid))
        {
            try
            {
                using var server = Process.GetProcessById(pid);
                using var limit = new CancellationTokenSource(Command.Limit);
                server.Kill();
                await server.WaitForExitAsync(limit.Token);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // It has ended by itself.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndServerAsync();
        Directory.Delete(Path, recursive: true);
    }

    [GeneratedRegex(@"^\.etc-[0-9a-f]{16}$")]
    private static partial Regex SharedEtc();
}
