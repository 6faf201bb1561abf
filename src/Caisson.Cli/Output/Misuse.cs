using System.CommandLine;
using Caisson.Policy;

namespace Caisson.Cli.Output;

/// <summary>A command line that is not understood: one message, the nearest verb or option, exit code 2; the help is only pointed to.</summary>
internal static class Misuse
{
    internal static int Report(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var unknown = result.UnmatchedTokens.Count > 0 ? result.UnmatchedTokens[0] : null;
        var message = unknown is null ? result.Errors[0].Message.ReplaceLineEndings(" ") : $"'{unknown}' is not understood here.";
        if (unknown is not null && Nearest(command, unknown) is { } nearest)
            message = $"{message[..^1]}; did you mean '{nearest}'?";
        else if (unknown is null && command.Subcommands.Count > 0 && result.Tokens.All(token => token.Value == command.Name))
            message = $"A verb is missing: {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}.";
        else if (unknown is null && command.Arguments.FirstOrDefault(argument => IsMissing(result, argument)) is { } missing)
            message = $"<{missing.Name}> is missing. {missing.Description}";
        return Printer.Failure(
            new CommandFailure(ExitCode.Usage, message, $"{string.Join(' ', Path(command))} --help"),
            // The option itself may be what is wrong, so its value isn't asked for.
            result.Tokens.Any(token => token.Value is "--json" or "json" or "jsonl")
        );
    }

    private static bool IsMissing(ParseResult result, Argument argument) =>
        argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is not { Tokens.Count: > 0 };

    private static string? Nearest(Command command, string word) =>
        Suggestion.Nearest(
            word,
            word.StartsWith('-')
                ? command
                    .Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options))
                    .Select(option => option.Name)
                : command.Subcommands.Select(verb => verb.Name)
        );

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? [.. Path(parent), command.Name] : ["caisson"];
}
