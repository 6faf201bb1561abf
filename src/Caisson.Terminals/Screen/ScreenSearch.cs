using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Caisson.Terminals.Screen;

/// <summary>What to look for.</summary>
public sealed record SearchQuery(string Pattern)
{
    /// <summary>The pattern is a regular expression of .NET's without backtracking: no back-references, no look-around.</summary>
    public bool IsRegex { get; init; }

    public bool MatchesCase { get; init; }

    /// <summary>Past this the search ends with what was found so far, and says so.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    public int MaximumMatches { get; init; } = 10_000;
}

/// <summary>A place in the lines of a screen, as <see cref="TerminalScreen.GetLine"/> counts them; the end column is the first one after the match.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SearchMatch(int Line, int Column, int EndLine, int EndColumn);

public enum SearchOutcome
{
    Complete,

    /// <summary>There is more than the query wants to have.</summary>
    TooMany,

    TimedOut,
    BadPattern,
}

/// <param name="Message">What was wrong and what to do, for all outcomes but <see cref="SearchOutcome.Complete"/>.</param>
public sealed record SearchResult(SearchOutcome Outcome, IReadOnlyList<SearchMatch> Matches, string? Message = null);

/// <summary>Looks through history and screen. Lines that wrap are one line to the pattern.</summary>
internal sealed class ScreenSearch(SearchQuery query, TimeProvider time)
{
    private const int LongestPattern = 1000;

    private readonly List<SearchMatch> matches = [];

    public SearchResult Run(TerminalScreen screen)
    {
        if (!TryCompile(out var regex, out var problem))
            return new SearchResult(SearchOutcome.BadPattern, [], problem);
        var started = time.GetTimestamp();
        var text = new StringBuilder();
        var positions = new List<(int Line, int Column)>();
        try
        {
            for (var line = 0; line < screen.LineCount; )
            {
                text.Clear();
                positions.Clear();
                line = screen.AppendJoined(text, line, positions);
                if (text.Length > 0 && !Collect(screen, regex, text.ToString(), positions))
                    return new SearchResult(
                        SearchOutcome.TooMany,
                        matches,
                        $"Only the first {query.MaximumMatches} matches are shown. Make the pattern longer."
                    );
                if (time.GetElapsedTime(started) > query.Timeout)
                    return TimedOut();
            }
        }
        catch (RegexMatchTimeoutException)
        {
            return TimedOut();
        }
        return new SearchResult(SearchOutcome.Complete, matches);
    }

    private SearchResult TimedOut() =>
        new(
            SearchOutcome.TimedOut,
            matches,
            $"The search took over {query.Timeout.TotalMilliseconds:F0} ms and was stopped. What it found until then is shown. Use a simpler pattern."
        );

    private bool TryCompile([NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        regex = null;
        problem = null;
        if (query.Pattern.Length is 0 or > LongestPattern)
        {
            problem = $"A pattern has 1 to {LongestPattern} characters; this one has {query.Pattern.Length}.";
            return false;
        }
        var options =
            RegexOptions.CultureInvariant
            | RegexOptions.NonBacktracking
            | (query.MatchesCase ? RegexOptions.None : RegexOptions.IgnoreCase);
        try
        {
            regex = new Regex(query.IsRegex ? query.Pattern : Regex.Escape(query.Pattern), options, query.Timeout);
            return true;
        }
        catch (ArgumentException bad)
        {
            problem = $"This is no regular expression: {bad.Message}";
        }
        catch (NotSupportedException bad)
        {
            // Back-references and look-around need backtracking, whose time has no bound; a pattern can also be too large.
            problem = $"This regular expression can't be used here: {bad.Message}";
        }
        return false;
    }

    private bool Collect(TerminalScreen screen, Regex regex, string text, List<(int Line, int Column)> positions)
    {
        foreach (var found in regex.EnumerateMatches(text))
        {
            if (found.Length == 0)
                continue;
            if (matches.Count == query.MaximumMatches)
                return false;
            var (line, column) = positions[found.Index];
            var (endLine, lastColumn) = positions[found.Index + found.Length - 1];
            matches.Add(new SearchMatch(line, column, endLine, lastColumn + screen.WidthAt(endLine, lastColumn)));
        }
        return true;
    }
}
