using Caisson.Init.Protocol.Configuration;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>Turns what bubblewrap or PID 1 said before they gave up into one error with a remedy.</summary>
internal static class BubblewrapFailure
{
    private const int LastCharacters = 600;

    internal static SandboxException Explain(string log)
    {
        var text = log.Length > LastCharacters ? log[^LastCharacters..] : log;
        if (
            text.Contains("No permissions to create", StringComparison.Ordinal)
            || text.Contains("setting up uid map", StringComparison.Ordinal)
            // Its words for ENOSPC of unshare(2), which has nothing to do with a disk.
            || text.Contains("max_*_namespaces exceeded", StringComparison.Ordinal)
        )
        {
            return new SandboxException(
                "isolation_unavailable",
                "Unprivileged user namespaces are off on this machine, and the sandbox needs them.",
                UserNamespaces.Remedy()
            );
        }
        if (text.Contains("No space left", StringComparison.Ordinal))
            return new SandboxException(
                "storage_full",
                "The sandbox could not start: no space is left on the device.",
                "Free disk space and try again."
            );
        return new SandboxException("launch_failed", $"The sandbox ended before it was ready: {text.Trim()}", "Run `caisson doctor`.");
    }

    internal static SandboxException FromInit(ReadyReport? report) =>
        new(
            "launch_failed",
            $"PID 1 of the sandbox stopped at {report?.Stage ?? "its start"}: {report?.Cause ?? "no cause was given"}",
            report?.Remedy ?? "Run `caisson doctor`."
        );
}
