namespace Caisson.Cli.Tests;

/// <summary>Runs a command line in this process and keeps what it prints. One at a time: the console is the process's.</summary>
internal static class CapturedConsole
{
    private static readonly SemaphoreSlim One = new(1, 1);

    internal static async Task<(int ExitCode, string Output, string Words)> RunAsync(params string[] arguments)
    {
        await One.WaitAsync();
        var (output, words) = (Console.Out, Console.Error);
        using var captured = new StringWriter();
        using var said = new StringWriter();
        try
        {
            Console.SetOut(captured);
            Console.SetError(said);
            var code = await CommandLine.RunAsync(arguments);
            return (code, captured.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(words);
            One.Release();
        }
    }
}
