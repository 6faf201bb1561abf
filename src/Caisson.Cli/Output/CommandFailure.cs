namespace Caisson.Cli.Output;

/// <summary>A failure with its words and its exit code; the entry point prints it, never a stack trace.</summary>
internal sealed class CommandFailure(int exitCode, string message, string? fix = null, IReadOnlyList<string>? details = null)
    : Exception(message)
{
    internal int ExitCode { get; } = exitCode;

    internal string? Fix { get; } = fix;

    /// <summary>The code of the server's problem; null for a failure of this side.</summary>
    internal string? ProblemCode { get; init; }

    internal IReadOnlyList<string> Details { get; } = details ?? [];
}
