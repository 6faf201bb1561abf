using Caisson.Api;
using Caisson.Cli.Output;

namespace Caisson.Cli.Connection;

/// <summary>Command and server may be of different versions: a server goes on with what it was started from.</summary>
internal static class VersionDifference
{
    private static bool _told;

    internal static BuildInformation Own { get; } = BuildInformation.Of(typeof(VersionDifference).Assembly);

    /// <summary>More than a minor version apart is a warning, once; another major version an error.</summary>
    internal static void Check(string own, string server)
    {
        if (!Version.TryParse(own.Split('-')[0], out var left) || !Version.TryParse(server.Split('-')[0], out var right))
            return;
        if (left.Major != right.Major)
            throw new CommandFailure(
                ExitCode.State,
                $"This command ({own}) and the running server ({server}) are of different major versions.",
                "Install the same version of both, then end the server: kill $(cat $CAISSON_HOME/server.lock.pid). Sandboxes go on meanwhile."
            );
        if (Math.Abs(left.Minor - right.Minor) <= 1 || _told)
            return;
        _told = true;
        Printer.Words(
            $"caisson: warning: this command ({own}) and the running server ({server}) are more than one minor version apart; end the server and run the command again"
        );
    }
}
