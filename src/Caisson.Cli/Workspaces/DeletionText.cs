using Caisson.Api;

namespace Caisson.Cli.Workspaces;

/// <summary>What a deletion takes away, in lines. Names in it are the agent's words; the server has taken control characters out.</summary>
internal static class DeletionText
{
    internal static bool HasUnsaved(DeletionResponse preview) => preview.Repositories.Count > 0 || preview.Loose.Count > 0;

    internal static IEnumerable<string> Lines(DeletionResponse preview)
    {
        foreach (var end in preview.Ends)
            yield return $"ends: {end}";
        if (preview.Surveyed is null)
            yield return "what is nowhere else can't be told: start it to see";
        foreach (var repository in preview.Repositories)
        {
            yield return $"only here: {repository.Path}: {Counts(repository)}";
            foreach (var commit in repository.Commits)
                yield return $"  {commit}";
            foreach (var file in repository.Files)
                yield return $"  {file}";
        }
        foreach (var loose in preview.Loose)
            yield return $"only here: {loose} (in no repository)";
        if (preview is { Surveyed: not null, Complete: false })
            yield return "there may be more than is listed";
        yield return preview.KeptUntil is { } until
            ? $"kept until {until.ToLocalTime():yyyy-MM-dd HH:mm}: {string.Join("; ", preview.Kept)}"
            : "the home is not kept";
    }

    private static string Counts(UnsavedRepository repository) =>
        string.Join(
            ", ",
            new[] { (repository.Unpushed, "unpushed commits"), (repository.Changed, "changed files"), (repository.Stashes, "stashes") }
                .Where(count => count.Item1 > 0)
                .Select(count => $"{count.Item1} {count.Item2}")
        );
}
