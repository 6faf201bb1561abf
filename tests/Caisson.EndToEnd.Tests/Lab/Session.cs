using System.Diagnostics;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A <c>caisson</c> command that stays: <c>run</c>, <c>resume</c> or <c>attach</c> with pipes.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private Session(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    internal int ProcessId => process.Id;

    internal static Session Start(ProcessStartInfo start) => new(Process.Start(start)!);

    /// <summary>Starts a sandbox whose program says <c>ready</c> and then waits to be ended.</summary>
    internal static async Task<Session> StartSandboxAsync(Installation installation, string name, params string[] options)
    {
        var session = Start(
            installation.Describe(
                ["run", "--name", name, "--yes", "--rm", .. options, "--", "sh", "-c", "echo ready; exec sleep 100000"],
                environment: installation.KeyVariables
            )
        );
        await session.ReadUntilAsync("ready");
        return session;
    }

    /// <summary>The next lines of its output up to <paramref name="line"/>.</summary>
    internal async Task<IReadOnlyList<string>> ReadUntilAsync(string line)
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } next)
        {
            lines.Add(next);
            if (next == line)
                return lines;
        }
        throw new InvalidOperationException($"It ended before '{line}':\n{string.Join('\n', lines)}\n{await errors}");
    }

    /// <summary>Waits for its end.</summary>
    internal async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        using var limit = new CancellationTokenSource(Command.Limit);
        var rest = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, rest, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        using var limit = new CancellationTokenSource(Command.Limit);
        await process.WaitForExitAsync(limit.Token);
        process.Dispose();
    }
}
