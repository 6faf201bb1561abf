using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Caisson.Cli.Completion;

namespace Caisson.Cli.Output;

/// <summary>What all verbs share: the form of their output, examples, and failures as words with an exit code.</summary>
internal static class Verb
{
    private static readonly ConditionalWeakTable<Command, string[]> Lines = [];
    private static readonly ConditionalWeakTable<Command, JsonTypeInfo> Data = [];

    internal static Option<bool> Json { get; } = new("--json") { Description = "Print data as JSON: --format json.", Recursive = true };

    internal static Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "Print no words beside data, errors and questions.", Recursive = true };

    internal static Option<string?> Format { get; } = FormatOption();

    internal static OutputFormat OutputOf(ParseResult result) =>
        result.GetValue(Format) switch
        {
            "json" => OutputFormat.Json,
            "jsonl" => OutputFormat.JsonLines,
            "table" => OutputFormat.Table,
            _ => result.GetValue(Json) ? OutputFormat.Json : OutputFormat.Table,
        };

    internal static bool IsJson(ParseResult result) => OutputOf(result) != OutputFormat.Table;

    /// <summary>Lines that <c>--help</c> shows last.</summary>
    internal static Command Examples(this Command command, params string[] lines)
    {
        Lines.AddOrUpdate(command, lines);
        return command;
    }

    /// <summary>What <c>--json</c> prints on standard output; <c>docs/output.schema.json</c> is made of these.</summary>
    internal static Command Prints(this Command command, JsonTypeInfo data)
    {
        Data.AddOrUpdate(command, data);
        return command;
    }

    /// <summary>Null for a verb without data of its own.</summary>
    internal static JsonTypeInfo? DataOf(Command command) => Data.TryGetValue(command, out var data) ? data : null;

    internal static IReadOnlyList<string> ExamplesOf(Command command) => Lines.TryGetValue(command, out var lines) ? lines : [];

    /// <summary>Sets the action of a verb.</summary>
    internal static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(
            async (result, cancellation) =>
            {
                try
                {
                    Printer.Quiet = result.GetValue(Quiet);
                    return await action(result, cancellation);
                }
                catch (CommandFailure failure)
                {
                    return Printer.Failure(failure, IsJson(result));
                }
                catch (Caisson.Sandboxes.SandboxException exception)
                {
                    var code = exception.Code is "protected_path" or "patch_conflict" ? ExitCode.State : ExitCode.Error;
                    return Printer.Failure(new CommandFailure(code, exception.Message, exception.Fix, exception.Details), IsJson(result));
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
#pragma warning disable CA1031 // The last line of defence: people get words, never a stack trace.
                catch (Exception exception)
                {
                    return Printer.Failure(
                        new CommandFailure(ExitCode.Error, $"{exception.Message} ({exception.GetType().Name})", "caisson doctor"),
                        IsJson(result)
                    );
                }
#pragma warning restore CA1031
            }
        );
        return command;
    }

    private static Option<string?> FormatOption()
    {
        var option = new Option<string?>("--format")
        {
            Description = "table (default), json or jsonl.",
            HelpName = "FORM",
            Recursive = true,
        };
        option.AcceptOnlyFromAmong("table", "json", "jsonl");
        option.Completes(LiveNames.Words("table", "json", "jsonl"));
        return option;
    }
}
