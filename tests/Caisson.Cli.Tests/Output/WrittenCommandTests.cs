using System.CommandLine;
using System.Text.RegularExpressions;

namespace Caisson.Cli.Tests.Output;

/// <summary>Commands that the docs show, the web app offers to copy, and failures name as their remedy: each is one that this command line has.</summary>
public sealed partial class WrittenCommandTests
{
    /// <summary>Texts that begin like a command and are none: what a key is derived for, and the name of a layer.</summary>
    private static readonly string[] NoCommands = ["caisson master key fingerprint", "caisson built-in default 1", "caisson fingerprints"];

    private static readonly string Root = FindRoot();

    [Fact]
    public void WhatTheDocsShowToType_HasNoFault()
    {
        var lines = Documents()
            .SelectMany(file => Block().Matches(File.ReadAllText(file)).SelectMany(block => block.Groups["text"].Value.Split('\n')))
            .Select(line => Typed().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["text"].Value)
            .ToList();
        lines.Count.ShouldBeGreaterThan(15);
        lines.SelectMany(line => Faults(line, strict: true)).ShouldBeEmpty();
    }

    [Fact]
    public void WhatTextsName_IsThere()
    {
        var named = Documents()
            .SelectMany(file => Inline().Matches(File.ReadAllText(file)))
            .Concat(Sources("src", "*.cs").SelectMany(file => Literal().Matches(File.ReadAllText(file))))
            .Concat(Sources("web/src", "*.ts").SelectMany(file => Literal().Matches(File.ReadAllText(file))))
            .Select(match => match.Groups["text"].Value)
            .Distinct(StringComparer.Ordinal)
            .Except(NoCommands)
            .ToList();
        named.Count.ShouldBeGreaterThan(60);
        named.SelectMany(line => Faults(line, strict: false)).ShouldBeEmpty();
    }

    /// <param name="strict">Whether an argument may be missing: a text that names a verb leaves it out.</param>
    private static IEnumerable<string> Faults(string line, bool strict)
    {
        // What the shell does with it, a comment, and the rest of a sentence are not the command's.
        var command = Rest().Replace(line, "").Trim();
        var words = Word()
            .Matches(command)
            .Select(match => match.Value.Trim('\'', '"'))
            .Skip(1)
            .Where(word => word is not ("…" or "..."))
            .ToList();
        if (words.Count == 0 || words[0].Any(char.IsUpper))
            return [];
        var parsed = CommandLine.Create().Parse(words);
        if (parsed.CommandResult.Command is RootCommand)
            return [$"{line}: no such verb"];
        var errors = strict
            ? parsed.Errors.Select(error => error.Message)
            : parsed.UnmatchedTokens.Select(token => $"'{token}' is not known");
        return errors.Select(error => $"{line}: {error}");
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md"));

    private static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests do not run below the source tree.");
    }

    [GeneratedRegex(@"^```[a-z]*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\s*(?:\$ )?(?<text>caisson .*)$")]
    private static partial Regex Typed();

    [GeneratedRegex(@"`(?<text>caisson [a-z][^`\n{}$]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?<![$\w])""(?<text>caisson [a-z][^""\n{}\\]*)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\s+#.*$|\s*(?:&&|<\s|[|>;,(]).*$|[.:](?:\s.*)?$|\s(?:prints|lists|for|to|and|with|of|there|sandboxes)\s.*$")]
    private static partial Regex Rest();

    [GeneratedRegex(@"'[^']*'|""[^""]*""|\S+")]
    private static partial Regex Word();
}
