namespace Caisson.Workspaces.Workspaces;

/// <summary>Work in a home that is nowhere else, as far as git knows.</summary>
/// <param name="Taken">When it was looked for.</param>
/// <param name="Repositories">Those with anything to lose.</param>
/// <param name="Loose">Files and folders in ~ and ~/projects that are in no repository.</param>
/// <param name="Complete">False: there was more than is looked at, or a repository could not be read.</param>
public sealed record WorkSurvey(
    DateTimeOffset Taken,
    IReadOnlyList<RepositoryWork> Repositories,
    IReadOnlyList<string> Loose,
    bool Complete
)
{
    public bool IsEmpty => Repositories.Count == 0 && Loose.Count == 0;
}

/// <summary>What of one repository is nowhere else.</summary>
/// <param name="Path">From <c>~</c>.</param>
/// <param name="Unpushed">Commits that no remote has and that did not come with the template.</param>
/// <param name="Commits">The newest of them: short hash and subject.</param>
/// <param name="Changed">Files that are not committed, new ones too.</param>
/// <param name="Files">The first of them, as <c>git status --porcelain</c> has them.</param>
public sealed record RepositoryWork(
    string Path,
    int Unpushed,
    IReadOnlyList<string> Commits,
    int Changed,
    IReadOnlyList<string> Files,
    int Stashes
);
