using System.Text.RegularExpressions;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What people may write into a workspace's fields. Each check says what is wrong, or null.</summary>
public static partial class WorkspaceFields
{
    internal static string? WhyNotName(string name) =>
        Name().IsMatch(name)
            ? null
            : $"1 to 32 of a-z, 0-9 and hyphens are expected, not at the ends; this is '{name[..Math.Min(name.Length, 60)]}'";

    internal static string? WhyNotTitle(string title) =>
        title.Trim().Length > 0 && title.Length <= 60 && !title.Any(char.IsControl) ? null : "1 to 60 characters on one line are expected";

    /// <summary>Whether this may be the repository of somebody's own settings.</summary>
    public static bool IsDotfiles(string url) => WhyNotDotfiles(url) is null;

    /// <summary>The same that a template may name: what may be fetched is the policy's word.</summary>
    internal static string? WhyNotDotfiles(string url) =>
        url.Length <= 500
        && url.StartsWith("https://", StringComparison.Ordinal)
        && !url.Contains('@', StringComparison.Ordinal)
        && !url.Any(character => char.IsWhiteSpace(character) || char.IsControl(character))
            ? null
            : "an https:// URL without a user or password is expected";

    /// <exception cref="SandboxException"><c>invalid_request</c>, naming the field.</exception>
    internal static void Demand(string field, string? wrong)
    {
        if (wrong is not null)
            throw new SandboxException("invalid_request", $"{field}: {wrong}.");
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
