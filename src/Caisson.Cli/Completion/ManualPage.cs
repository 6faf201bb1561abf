using System.CommandLine;
using System.Text;
using Caisson.Cli.Output;

namespace Caisson.Cli.Completion;

/// <summary>A verb as a page of the manual, in the macros of man(7).</summary>
internal static class ManualPage
{
    /// <summary>File name and text of each.</summary>
    internal static IEnumerable<(string Name, string Text)> All(RootCommand root) =>
        Pages(root, "caisson").Select(page => ($"{page.Path.Replace(' ', '-')}.1", Text(page.Command, page.Path)));

    private static IEnumerable<(Command Command, string Path)> Pages(Command command, string path) =>
        command.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb => Pages(verb, $"{path} {verb.Name}")).Prepend((command, path));

    private static string Text(Command command, string path)
    {
        var text = new StringBuilder();
        text.Append($".TH {path.Replace(' ', '-').ToUpperInvariant()} 1 \"\" \"Caisson\" \"Caisson\"\n");
        text.Append($".SH NAME\n{Escape(path.Replace(' ', '-'))} \\- {Escape(FirstLine(command.Description))}\n");
        text.Append($".SH SYNOPSIS\n.B {Escape(path)}\n{Escape(Synopsis(command))}\n");
        text.Append($".SH DESCRIPTION\n{Escape(FirstLine(command.Description))}\n");
        Section(text, "VERBS", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => (verb.Name, verb.Description)));
        Section(text, "ARGUMENTS", command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description)));
        Section(
            text,
            "OPTIONS",
            command
                .Options.Where(option => !option.Hidden)
                .Select(option => ($"{string.Join(", ", option.Aliases.Prepend(option.Name))}{Value(option)}", option.Description))
        );
        if (Verb.ExamplesOf(command) is { Count: > 0 } examples)
        {
            text.Append(".SH EXAMPLES\n.nf\n");
            foreach (var example in examples)
                text.Append(Escape(example)).Append('\n');
            text.Append(".fi\n");
        }
        text.Append(".SH EXIT STATUS\n.nf\n");
        foreach (var line in ExitCode.Help.Split('\n').Skip(1))
            text.Append(Escape(line.Trim())).Append('\n');
        text.Append(".fi\n");
        if (path != "caisson")
            text.Append(".SH SEE ALSO\n.BR caisson (1)\n");
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Name, string? Words)> entries)
    {
        var all = entries.ToList();
        if (all.Count == 0)
            return;
        text.Append($".SH {title}\n");
        foreach (var (name, words) in all)
            text.Append($".TP\n.B {Escape(name)}\n{Escape(words ?? "")}\n");
    }

    private static string Synopsis(Command command) =>
        string.Join(
            ' ',
            [
                .. command.Options.Any(option => !option.Hidden) ? ["[options]"] : Array.Empty<string>(),
                .. command.Subcommands.Count > 0 ? ["verb"] : Array.Empty<string>(),
                .. command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues > 0 ? argument.Name : $"[{argument.Name}]"),
            ]
        );

    private static string Value(Option option) =>
        option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? "" : $" {option.HelpName ?? "VALUE"}";

    private static string FirstLine(string? text) => (text ?? "").Split('\n')[0];

    /// <summary>A line must not begin as a request does, and a backslash or a hyphen is meant as it is.</summary>
    private static string Escape(string text)
    {
        var line = text.ReplaceLineEndings(" ")
            .Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal);
        return line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line;
    }
}
