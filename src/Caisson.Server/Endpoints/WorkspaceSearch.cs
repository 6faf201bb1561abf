using System.Globalization;
using System.Text.RegularExpressions;
using Caisson.Api;
using Caisson.Policy;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>
/// The search over workspaces: <c>owner:me status:failed template:x outdated:true idle:>2d why:user</c> and words, "several of them" in quotes. A term
/// that isn't understood narrows nothing and is told with its place.
/// </summary>
internal sealed partial class WorkspaceSearch
{
    private const int MostTerms = 20;

    private static readonly Dictionary<string, WorkspaceState> States = Enum.GetValues<WorkspaceState>()
        .Where(state => state != WorkspaceState.Deleted)
        .ToDictionary(state => state.Text(), StringComparer.Ordinal);

    private static readonly string[] Keys = ["owner", "status", "template", "outdated", "idle", "why"];

    private readonly List<BadTermResponse> _bad = [];

    private WorkspaceSearch() { }

    public WorkspaceFilter Filter { get; private set; } = new();

    public IReadOnlyList<BadTermResponse> BadTerms => _bad;

    /// <param name="me">The caller's id.</param>
    /// <param name="hashes">Asked for when it is needed: templates with their present hashes.</param>
    internal static WorkspaceSearch Read(string text, string me, Func<IReadOnlyDictionary<string, string>> hashes, DateTimeOffset now)
    {
        var search = new WorkspaceSearch();
        foreach (var (index, match) in Term().Matches(text).Index())
        {
            var term = match.Value;
            var problem =
                index >= MostTerms ? $"a search has at most {MostTerms} terms"
                : match.Groups["key"] is { Success: true, Value: var key } ? search.Take(key, match.Groups["value"].Value, me, hashes, now)
                : search.Word(match.Groups["word"].Value.Trim('"'));
            if (problem is not null)
                search._bad.Add(new BadTermResponse(term, match.Index, problem));
        }
        return search;
    }

    private string? Word(string word)
    {
        if (word.Length > 0)
            Filter = Filter with { Words = [.. Filter.Words, word] };
        return null;
    }

    /// <summary>Null, or what is wrong with it.</summary>
    private string? Take(string key, string value, string me, Func<IReadOnlyDictionary<string, string>> hashes, DateTimeOffset now)
    {
        if (!Keys.Contains(key, StringComparer.Ordinal))
            return Unknown(key, Keys, "key");
        if (value.Length == 0)
            return $"{key}: has no value";
        switch (key)
        {
            case "owner":
                Filter = Filter with { Owner = value == "me" ? me : value.ToLowerInvariant() };
                return null;
            case "status":
                return Status(value);
            case "template":
                Filter = Filter with { Template = value };
                return null;
            case "outdated":
                if (value is not ("true" or "false"))
                    return $"'{value}' is neither true nor false";
                Filter = Filter with { Outdated = value == "true", Hashes = hashes() };
                return null;
            case "idle":
                return Idle(value, now);
            default:
                Filter = Filter with { Why = value };
                return null;
        }
    }

    private string? Status(string value)
    {
        var names = value.Split(',');
        if (names.FirstOrDefault(name => !States.ContainsKey(name)) is { } unknown)
            return Unknown(unknown, States.Keys, "state");
        Filter = Filter with { States = [.. names.Select(name => States[name])] };
        return null;
    }

    private string? Idle(string value, DateTimeOffset now)
    {
        var match = Span().Match(value);
        if (!match.Success || !int.TryParse(match.Groups["count"].Value, CultureInfo.InvariantCulture, out var count) || count > 100_000)
            return $"'{value}' is no length of time; for example: idle:>2d, idle:<3h (m, h, d, w)";
        var length =
            count
            * match.Groups["unit"].Value switch
            {
                "m" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                "d" => TimeSpan.FromDays(1),
                _ => TimeSpan.FromDays(7),
            };
        var then = length > now - DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : now - length;
        Filter = match.Groups["than"].Value == "<" ? Filter with { UsedAfter = then } : Filter with { UsedBefore = then };
        return null;
    }

    private static string Unknown(string word, IEnumerable<string> known, string kind) =>
        Suggestion.Nearest(word, known) is { } near
            ? $"'{word}' is no {kind}; did you mean {near}?"
            : $"'{word}' is no {kind}; known: {string.Join(", ", known)}";

    [GeneratedRegex(
        """(?<key>[A-Za-z]+):(?<value>[^\s"]*)|(?<word>"[^"]*"?|[^\s"]+)""",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Term();

    [GeneratedRegex(@"^(?<than>[<>])(?<count>[0-9]{1,6})(?<unit>[mhdw])\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Span();
}
