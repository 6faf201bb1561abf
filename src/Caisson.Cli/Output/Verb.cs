using System.CommandLine;

namespace Caisson.Cli.Output;

/// <summary>What all verbs share: <c>--json</c>, and failures as words with an exit code.</summary>
internal static class Verb
{
    internal static Option<bool> Json { get; } = new("--json") { Description = "Print data as JSON.", Recursive = true };

    /// <summary>Sets the action of a verb.</summary>
    internal static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(
            async (result, cancellation) =>
            {
                try
                {
                    return await action(result, cancellation);
                }
                catch (CommandFailure failure)
                {
                    return Printer.Failure(failure, result.GetValue(Json));
                }
                catch (Caisson.Sandboxes.SandboxException exception)
                {
                    var code = exception.Code is "protected_path" or "patch_conflict" ? ExitCode.State : ExitCode.Error;
                    return Printer.Failure(
                        new CommandFailure(code, exception.Message, exception.Fix, exception.Details),
                        result.GetValue(Json)
                    );
                }
                catch (OperationCanceledException)
                {
                    return ExitCode.Interrupted;
                }
                catch (IOException exception) when (exception.Message.Contains("Broken pipe", StringComparison.Ordinal))
                {
                    // The reader of our output left, as `caisson ls | head -1` does.
                    return ExitCode.Ok;
                }
            }
        );
        return command;
    }
}
