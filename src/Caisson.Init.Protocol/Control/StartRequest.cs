namespace Caisson.Init.Protocol.Control;

/// <summary>Who a process runs as.</summary>
public enum ProcessUser
{
    /// <summary>The agents' user: in the user namespace below PID 1's, without capabilities, under the seccomp filter.</summary>
    Agent,

    /// <summary>
    /// Uid 0 of the sandbox, for the server's own provisioning, with the capabilities that files need and no others, under the same filter. It has
    /// nothing of the host, and can neither change the network nor look into PID 1.
    /// </summary>
    Root,
}

/// <summary>Size of a terminal in characters; 2–1000 columns, 1–500 rows.</summary>
public sealed record TerminalSize(int Columns, int Rows);

/// <summary>A process to start. No shell ever interprets <see cref="Arguments"/>.</summary>
public sealed record StartRequest
{
    public const int LeastRing = RingBounds.Least;

    public const int MostRing = RingBounds.Most;

    /// <summary>Program and arguments; a program without a slash is looked up in the <c>PATH</c> of the process's own environment.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Laid over the sandbox's environment, or the whole of it with <see cref="ReplaceEnvironment"/>. A null value removes the name.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    public bool ReplaceEnvironment { get; init; }

    public string? WorkingDirectory { get; init; }

    public ProcessUser User { get; init; }

    /// <summary>Gives the process a terminal of this size; null gives it pipes.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>With pipes: whether standard input is a pipe that takes input, or <c>/dev/null</c>.</summary>
    public bool Input { get; init; }

    /// <summary>Kills the process and all it started after this time; 0 means never.</summary>
    public int TimeoutMilliseconds { get; init; }

    /// <summary>What a terminal shows before anything of the process: lines of text.</summary>
    public string? Preface { get; init; }

    /// <summary>Bytes of a terminal's last output that are kept, <see cref="LeastRing"/> to <see cref="MostRing"/>; null takes the configured value.</summary>
    public int? RingBytes { get; init; }

    /// <summary>While no lossless viewer is there, the process waits before output is lost that the last one has not seen.</summary>
    public bool HoldOutput { get; init; }

    /// <summary>The server's own note about the process, returned by <c>list</c>.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// Answers on this connection as an attach from offset 0 does, lossless, and forgets the process once its exit was sent.
    /// </summary>
    public bool Attach { get; init; }
}

/// <summary>Answer to a start: the process's id, which is never used again in the sandbox's life, and its pid inside.</summary>
public sealed record StartedProcess(uint Process, int Pid);
