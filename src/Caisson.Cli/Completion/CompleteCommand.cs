using System.CommandLine;
using Caisson.Cli.Output;

namespace Caisson.Cli.Completion;

/// <summary>What the scripts of <see cref="CompletionCommand"/> ask. Whatever goes wrong, a shell at a key press wants no words.</summary>
internal static class CompleteCommand
{
    internal const string Name = "complete";

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    internal static Command Create()
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(Name, "Prints what may come next.") { words };
        command.Hidden = true;
        command.SetAction(
            async (result, cancellation) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(Limit);
                try
                {
                    foreach (var word in await Completer.CompleteAsync(CommandLine.Create(), result.GetValue(words) ?? [], limit.Token))
                        Console.Out.WriteLine(word);
                }
#pragma warning disable CA1031 // Silent by its purpose: the person is in the middle of a line.
                catch (Exception)
                {
                    // No names, then.
                    return ExitCode.Ok;
                }
#pragma warning restore CA1031
                return ExitCode.Ok;
            }
        );
        return command;
    }
}
