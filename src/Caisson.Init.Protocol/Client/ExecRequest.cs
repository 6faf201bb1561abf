using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

/// <summary>A command to run to its end, with its output collected.</summary>
public sealed record ExecRequest
{
    /// <summary>Program and arguments; no shell interprets them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Laid over the sandbox's environment; a null value removes the name.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    public ProcessUser User { get; init; }

    /// <summary>Bytes for standard input; empty means <c>/dev/null</c>.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>After this time the command and all it started are killed; null means never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes kept of each stream; what is more is read and dropped, and <see cref="ExecResult.Truncated"/> says so.</summary>
    public int MaximumOutputBytes { get; init; } = 16 << 20;

    public string? Label { get; init; }

    /// <summary>Says that running it twice, even at once, does no harm: when the connection fails, it is then run once more.</summary>
    public bool Idempotent { get; init; }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit status; 128 + n after signal n.</param>
/// <param name="Stdout">Bytes of standard output.</param>
/// <param name="Stderr">Bytes of standard error.</param>
/// <param name="Duration">From start to end, measured inside.</param>
/// <param name="TimedOut">Whether its time limit ended it.</param>
/// <param name="Truncated">Whether a stream had more than was kept.</param>
public sealed record ExecResult(
    int ExitCode,
    ReadOnlyMemory<byte> Stdout,
    ReadOnlyMemory<byte> Stderr,
    TimeSpan Duration,
    bool TimedOut,
    bool Truncated
)
{
    /// <summary>Standard output as text.</summary>
    public string Output => System.Text.Encoding.UTF8.GetString(Stdout.Span);

    /// <summary>Standard error as text.</summary>
    public string Errors => System.Text.Encoding.UTF8.GetString(Stderr.Span);
}
