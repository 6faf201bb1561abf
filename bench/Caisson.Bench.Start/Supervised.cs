using System.Diagnostics;
using System.Globalization;

namespace Caisson.Bench.Start;

/// <summary>
/// A program that ends with this process, however that ends: a shell between the two waits for the end of its input, which the kernel closes with us,
/// and then asks the program to stop. (A signal at the parent's death would come at the end of the thread that started it.)
/// </summary>
internal sealed class Supervised : IAsyncDisposable
{
    // Ctrl+C at the terminal reaches the shell by the end of its input alone. Only it ignores signals: the program was started before.
    private const string Script =
        """home=$1; shift; "$@" </dev/null & trap '' INT TERM HUP; echo "$!"; cat >/dev/null; { kill "$!"; wait "$!"; } 2>/dev/null; [ -z "$home" ] || rm -rf "$home" """;

    private readonly Process _shell;

    private Supervised(Process shell, int pid) => (_shell, Pid) = (shell, pid);

    /// <summary>Of the program.</summary>
    internal int Pid { get; }

    internal StreamReader Output => _shell.StandardOutput;

    /// <param name="home">A directory that is removed after the program; null: none.</param>
    internal static async Task<Supervised> StartAsync(ProcessStartInfo start, string? home)
    {
        var shell = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = start.WorkingDirectory,
        };
        foreach (var argument in (string[])["-c", Script, "bench", home ?? "", start.FileName, .. start.ArgumentList])
            shell.ArgumentList.Add(argument);
        foreach (var (name, value) in start.Environment)
            shell.Environment[name] = value;
        var process = Process.Start(shell)!;
        var pid = int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        return new Supervised(process, pid);
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
