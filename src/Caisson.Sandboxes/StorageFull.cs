namespace Caisson.Sandboxes;

/// <summary>One way to tell a full disk, whoever met it: this process, SQLite, git, or a program inside a sandbox; and one way to say it.</summary>
public static class StorageFull
{
    /// <summary>Of <see cref="SandboxException.Code"/> and of the API's problems.</summary>
    public const string Code = "storage_full";

    public const string Fix = "Free disk space and try again.";

    /// <summary>ENOSPC and EDQUOT (errno(3)).</summary>
    private const int NoSpace = 28;
    private const int Quota = 122;
    private const long LeastSpace = 64 * 1024;

    /// <summary>What strerror(3) says of the two: programs that wrote for us pass on nothing else.</summary>
    private static readonly string[] Words = ["No space left on device", "Disk quota exceeded"];

    /// <summary>Whether this failure, or what it came from, is a full disk.</summary>
    public static bool Is(Exception? exception) =>
        exception switch
        {
            null => false,
            SandboxException { Code: Code } => true,
            // A sandbox that may not be made can have the same words: the kernel's count of namespaces is used up.
            SandboxException { Code: "isolation_unavailable" } => false,
            IOException { HResult: NoSpace or Quota } => true,
            IOException or SandboxException when Words.Any(words => exception.Message.Contains(words, StringComparison.Ordinal)) => true,
            _ => Is(exception.InnerException),
        };

    /// <summary>
    /// Whether next to nothing is left. What fails then has most likely failed for that, even where it can't say so: SQLite has no code for it when
    /// the index of its log can't grow, and a gateway that can't write decisions denies everything.
    /// </summary>
    /// <param name="directory">One that is there.</param>
    public static bool IsAt(string directory) => new DriveInfo(directory).AvailableFreeSpace < LeastSpace;

    /// <param name="stage">Of the launch that was undone.</param>
    public static SandboxException Launch(string stage, Exception cause) =>
        new(
            Code,
            $"No space is left on the disk that holds Caisson's data (stage {stage}); what had been made was undone.",
            Fix,
            cause,
            cause is SandboxException known ? [known.Message, .. known.Details] : []
        );
}
