using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using Caisson.Cli.Output;
using Caisson.Sandboxes.Limits;

namespace Caisson.Cli.Connection;

/// <summary>Finds the server of this user, or starts it in the background.</summary>
internal static class ServerProcess
{
    private static readonly TimeSpan RacePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>The program behind <c>caisson serve</c>, beside this one.</summary>
    internal static string Program => Path.Combine(AppContext.BaseDirectory, "libexec", "server", "caisson-server");

    internal static bool IsListening()
    {
        if (!File.Exists(CaissonHome.Socket))
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(CaissonHome.Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <exception cref="CommandFailure">It could not be started; names the log and shows its last lines.</exception>
    internal static async Task EnsureAsync(CancellationToken cancellation)
    {
        if (IsListening())
            return;
        Printer.Words("caisson: starting the server …");
        using var process = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            // The server's line says when it listens; polling would only guess.
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("listening", StringComparison.Ordinal))
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"did not listen within {StartLimit.TotalSeconds:0} s");
        }
        await process.WaitForExitAsync(cancellation);
        // Another run may have won the race for the data directory: then its server answers, or is about to.
        while (!IsListening() && process.ExitCode == ExitCode.Busy && IsHeld() && !limit.IsCancellationRequested)
            await Task.Delay(RacePause, cancellation);
        if (IsListening())
            return;
        throw process.ExitCode switch
        {
            // Its words, on the standard error that it shares with this process, name place and remedy already.
            ExitCode.Configuration => new CommandFailure(
                ExitCode.Configuration,
                "The server's configuration has errors.",
                "caisson config check"
            ),
            ExitCode.Busy => new CommandFailure(ExitCode.Busy, "The server could not start; the line above says why."),
            ExitCode.Limit => new CommandFailure(ExitCode.Limit, "The server could not start: the disk is full."),
            ExitCode.Error => new CommandFailure(ExitCode.Error, "The server could not start; the line above says why."),
            _ => Failed("ended while starting"),
        };
    }

    private static bool IsHeld()
    {
        try
        {
            using var file = new FileStream(CaissonHome.Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static Process Start()
    {
        // systemd-run becomes the server: the same process, with these streams.
        IReadOnlyList<string> command = [.. DelegatedScope.Prefix(), Program, "--background"];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        try
        {
            return Process.Start(start) ?? throw Failed("could not be started");
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailure(ExitCode.Error, $"{Program} could not be started: {exception.Message}.", "./dev up");
        }
    }

    private static CommandFailure Failed(string what)
    {
        var lines = File.Exists(CaissonHome.ServerLog) ? File.ReadLines(CaissonHome.ServerLog).TakeLast(5).ToList() : [];
        return new CommandFailure(
            ExitCode.Unreachable,
            $"The server {what}.",
            $"Look at {CaissonHome.ServerLog}, or run `caisson serve` in the foreground.",
            lines
        );
    }
}
