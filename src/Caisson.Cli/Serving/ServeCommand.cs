using System.CommandLine;
using System.Runtime.InteropServices;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Serving;

/// <summary><c>caisson serve</c> and <c>caisson config</c> become the server program, which has the settings' table.</summary>
internal static partial class ServeCommand
{
    internal const string Name = "serve";

    /// <summary>The server program reads its own options; see <see cref="Output.HelpWithExamples"/> for its help.</summary>
    internal static Command Create()
    {
        var command = new Command(
            Name,
            "Runs the server in the foreground. `caisson run` starts one in the background when none is running."
        )
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        return command.Does((result, _) => Task.FromResult(Become([Name, .. result.UnmatchedTokens])));
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
