using System.Diagnostics;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>Programs run to their end, with one limit for all.</summary>
internal static class Command
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <param name="environment">Added to the environment that every test program gets; null removes a variable.</param>
    internal static ProcessStartInfo Describe(
        string program,
        IEnumerable<string> arguments,
        string directory,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the person who runs the tests has set must not decide about them.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            start.Environment[name] = value;
        return start;
    }

    internal static Task<Outcome> RunAsync(string program, params string[] arguments) =>
        RunAsync(Describe(program, arguments, Path.GetTempPath()));

    internal static async Task<Outcome> RunAsync(ProcessStartInfo start, string? input = null)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            // Whatever it left running must not hold its output open.
            await Task.WhenAll(output, error).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)}: {(process.HasExited ? "ended, but its output is held open" : "did not end")}.",
                exception
            );
        }
        return new Outcome(process.ExitCode, await output, await error, clock.Elapsed);
    }

    private static bool IsForeign(string name) =>
        name.StartsWith("CAISSON_", StringComparison.Ordinal)
        || name.StartsWith("GIT_", StringComparison.Ordinal)
        || name is "ANTHROPIC_API_KEY" or "OPENAI_API_KEY" or "TMUX";
}
