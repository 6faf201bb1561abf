using System.CommandLine;
using System.Runtime.InteropServices;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Serving;

/// <summary><c>caisson serve</c> and <c>caisson config</c> become the server program, which has the settings' table.</summary>
internal static partial class ServeCommand
{
    internal static Command Create()
    {
        var rest = new Argument<string[]>("options") { Description = "See `caisson serve -- --help`.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(
            "serve",
            "Runs the server in the foreground. `caisson run` starts one in the background when none is running.\n\nOptions: --listen, --resolve, --upstream-ca, --driver, --log-level, --insecure-http; docs/configuration.md has them all."
        )
        {
            rest,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        return command.Does((result, _) => Task.FromResult(Become(["serve", .. result.UnmatchedTokens, .. result.GetValue(rest) ?? []])));
    }

    internal static unsafe int Become(IReadOnlyList<string> arguments)
    {
        var all = new List<string>([ServerProcess.Program, .. arguments]);
        var argv = stackalloc byte*[all.Count + 1];
        for (var index = 0; index < all.Count; index++)
            argv[index] = (byte*)Marshal.StringToCoTaskMemUTF8(all[index]);
        argv[all.Count] = null;
        _ = execv(ServerProcess.Program, argv);
        throw new CommandFailure(
            ExitCode.Error,
            $"{ServerProcess.Program} could not be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.",
            "./dev up"
        );
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int execv(string path, byte** argv);
}
