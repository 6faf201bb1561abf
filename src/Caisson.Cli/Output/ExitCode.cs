namespace Caisson.Cli.Output;

/// <summary>The exit codes of every verb. A verb that runs a program returns that program's code instead.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;

    /// <summary>An error, or a finding of a check.</summary>
    internal const int Error = 1;

    /// <summary>Wrong use, or no such object.</summary>
    internal const int Usage = 2;

    /// <summary>Refused by state: already decided, a conflict, or <c>--fail-on</c>.</summary>
    internal const int State = 3;
    internal const int NotPermitted = 4;

    /// <summary>A limit or quota, a full disk included.</summary>
    internal const int Limit = 5;
    internal const int Unreachable = 6;

    /// <summary>Another server has the data directory.</summary>
    internal const int Busy = 75;
    internal const int Configuration = 78;
    internal const int Interrupted = 130;

    /// <summary>The list as <c>--help</c> and the docs show it.</summary>
    internal const string Help = """
        Exit codes:
          0 ok   1 error or finding   2 wrong use or no such object   3 refused by state   4 not permitted   5 limit or quota
          6 not reachable   75 busy   78 configuration   130 interrupted; `run`, `exec`, `attach` and `resume` return the program's own code
        """;

    /// <summary>The code for a problem that the server reports.</summary>
    internal static int For(Api.Problem problem) =>
        problem.Code switch
        {
            "policy_invalid" or "configuration_invalid" or "credential_missing" or "agent_not_installed" => Configuration,
            "unknown_sandbox" or "unknown_agent" or "unknown_policy" or "unknown_workspace" or "unknown_template" or "unknown_credential" =>
                Usage,
            _ => problem.Status switch
            {
                400 or 404 or 422 => Usage,
                409 or 412 => State,
                401 or 403 => NotPermitted,
                429 or 507 => Limit,
                502 or 503 or 504 => Unreachable,
                _ => Error,
            },
        };
}
