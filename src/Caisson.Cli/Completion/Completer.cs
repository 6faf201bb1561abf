using System.CommandLine;

namespace Caisson.Cli.Completion;

/// <summary>What may come next on a command line: verbs, options, or the names that stand there.</summary>
internal static class Completer
{
    /// <param name="words">After the program's name; the last is the one that is being typed, and may be empty.</param>
    internal static async Task<IReadOnlyList<string>> CompleteAsync(
        RootCommand root,
        IReadOnlyList<string> words,
        CancellationToken cancellation
    )
    {
        Command command = root;
        var arguments = 0;
        Option? open = null;
        foreach (var word in words.SkipLast(1))
        {
            if (word == "--")
                return [];
            if (open is not null)
                open = null;
            else if (word.StartsWith('-'))
                open = Options(command).FirstOrDefault(option => Takes(option) && (option.Name == word || option.Aliases.Contains(word)));
            else if (arguments == 0 && command.Subcommands.FirstOrDefault(verb => verb.Name == word) is { } verb)
                command = verb;
            else
                arguments++;
        }
        var typed = words.Count == 0 ? "" : words[^1];
        var found =
            open is not null ? await NamesAsync(open, cancellation)
            : typed.StartsWith('-') ? Options(command).Where(option => !option.Hidden).Select(option => option.Name)
            : command.Subcommands.Count > 0 && arguments > 0 ? []
            : command.Subcommands.Count > 0 ? command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)
            : Argument(command, arguments) is { } argument ? await NamesAsync(argument, cancellation)
            : [];
        // A name is shown and typed as it is: whatever a shell would read as more than a word is left out.
        return
        [
            .. found
                .Where(name => name.StartsWith(typed, StringComparison.Ordinal) && name.All(IsPlain))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@' or '/' or ':' or '+';

    private static Argument? Argument(Command command, int index) =>
        index < command.Arguments.Count ? command.Arguments[index]
        : command.Arguments is [.., { Arity.MaximumNumberOfValues: > 1 } last] ? last
        : null;

    private static bool Takes(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(Options).Where(option => option.Recursive)).Distinct();

    private static async Task<IEnumerable<string>> NamesAsync(Symbol symbol, CancellationToken cancellation) =>
        LiveNames.Of(symbol) is { } source ? await source(cancellation) : [];
}
