using System.Diagnostics;
using System.Threading.Channels;

namespace Caisson.Agents.Tests.RealClis;

/// <summary>A real terminal of 120 by 40 that runs one command; tmux draws it, and each piece of output is the occasion to look at it again.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly string directory = Directory.CreateTempSubdirectory("caisson-screen-").FullName;

    /// <summary>One entry says that there was output since it was taken.</summary>
    private readonly Channel<bool> outputs = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private Task watching = Task.CompletedTask;
    private string Socket => Path.Combine(directory, "tmux");
    private string Output => Path.Combine(directory, "output");

    internal static async Task<Screen> StartAsync(IReadOnlyList<string> command)
    {
        Assert.SkipWhen(
            !File.Exists("/usr/bin/tmux") && Environment.GetEnvironmentVariable("CI") is null,
            "tmux is needed to draw the screen: apt-get install tmux"
        );
        var screen = new Screen();
        await RunAsync("mkfifo", [screen.Output]);
        screen.watching = Task.Run(screen.Watch);
        // The shell waits until its output is watched, so that nothing of the first screen is missed, and stays when the command ends.
        var script = $"read go; {string.Join(' ', command.Select(Quote))}; echo \"ENDED with $?\"; read stay";
        await screen.TmuxAsync("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", script);
        await screen.TmuxAsync("pipe-pane", "-O", $"exec cat >{Quote(screen.Output)}");
        return screen;
    }

    /// <summary>Presses keys by tmux's names: <c>Enter</c>, <c>Escape</c>; anything else is typed.</summary>
    internal Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>The screen as soon as <paramref name="seen"/> holds for it.</summary>
    /// <param name="press">Keys to press once the output is watched.</param>
    internal async Task<string> WaitForAsync(Func<string, bool> seen, params string[] press)
    {
        using var limit = new CancellationTokenSource(Limit);
        var screen = "";
        if (press.Length > 0)
            await PressAsync(press);
        try
        {
            while (!seen(screen = await CaptureAsync()))
                await outputs.Reader.ReadAsync(limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            Assert.Fail($"Not seen within {Limit.TotalSeconds} s. The screen:\n{screen}");
        }
        return screen;
    }

    internal async Task<string> CaptureAsync()
    {
        var text = await TmuxAsync("capture-pane", "-p");
        return string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())).Trim('\n');
    }

    public async ValueTask DisposeAsync()
    {
        await TmuxAsync("kill-server");
        await watching;
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Reads what tmux copies, until tmux ends. The open waits for its writer.</summary>
    private void Watch()
    {
        using var output = new FileStream(Output, FileMode.Open, FileAccess.Read);
        var pending = new byte[64 * 1024];
        while (output.Read(pending) > 0)
            outputs.Writer.TryWrite(true);
        outputs.Writer.Complete();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''")}'";

    private Task<string> TmuxAsync(params IReadOnlyList<string> arguments) => RunAsync("tmux", ["-S", Socket, .. arguments]);

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text;
    }
}
