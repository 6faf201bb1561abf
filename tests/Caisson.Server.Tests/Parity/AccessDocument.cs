using System.Text.RegularExpressions;

namespace Caisson.Server.Tests.Parity;

/// <summary>The tables of docs/access.md as a person reads them: what callers are told that they may do.</summary>
internal sealed partial class AccessDocument
{
    private readonly Dictionary<(string Permission, string Role), string> _roles = [];
    private readonly HashSet<(string Permission, string Right)> _rights = [];
    private readonly Dictionary<string, string> _scopes = new(StringComparer.Ordinal);

    internal AccessDocument()
    {
        var text = RepositoryFile.Read("docs/access.md");
        foreach (var (permission, role, cell) in Cells(text, "## Roles"))
            _roles[(permission, role)] = cell;
        foreach (var (permission, right, _) in Cells(text, "## Rights in a workspace").Where(cell => cell.Value == "yes"))
            _rights.Add((permission, right));
        foreach (var row in Rows(text, "## Scopes of API tokens"))
            _scopes[row[0].Trim('`')] = row[1];
    }

    internal bool Everywhere(string permission, string role) => _roles.GetValueOrDefault((permission, role)) == "yes";

    internal bool OnOwn(string permission, string role) => _roles.GetValueOrDefault((permission, role)) == "own";

    internal bool Right(string permission, string right) => _rights.Contains((permission, right));

    /// <summary>Whether it is about one workspace at all.</summary>
    internal bool IsOfWorkspaces(string permission) => _rights.Any(pair => pair.Permission == permission);

    internal bool Covers(string scope, string permission) =>
        _scopes[scope] == "everything" || _scopes[scope].Contains($"`{permission}`", StringComparison.Ordinal);

    private static IEnumerable<(string Row, string Column, string Value)> Cells(string text, string heading)
    {
        var rows = Rows(text, heading);
        return rows.Skip(1).SelectMany(row => rows[0].Skip(1).Select((column, index) => (row[0].Trim('`'), column, row[index + 1])));
    }

    private static List<string[]> Rows(string text, string heading)
    {
        var from = text.IndexOf(heading, StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0, heading);
        var to = text.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return
        [
            .. Row()
                .Matches(to < 0 ? text[from..] : text[from..to])
                .Select(match => match.Groups["cells"].Value.Split('|').Select(cell => cell.Trim()).ToArray())
                .Where(cells => !cells[0].StartsWith("---", StringComparison.Ordinal)),
        ];
    }

    [GeneratedRegex(@"^\|(?<cells>.*)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
