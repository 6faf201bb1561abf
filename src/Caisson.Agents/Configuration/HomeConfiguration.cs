namespace Caisson.Agents.Configuration;

/// <summary>
/// Brings an agent's files into a home: read, merge, write, one after the other, so that no file has two writers. What did not change is
/// not written.
/// </summary>
public static class HomeConfiguration
{
    /// <returns>What was found and done that the user should know of, a sentence each.</returns>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        IReadOnlyList<AgentFile> files,
        IHomeFiles home,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var notes = new List<string>();
        foreach (var file in files)
        {
            var existing = await home.ReadAsync(file.Path, cancellation);
            var merged = ConfigurationMerge.Apply(file, existing);
            if (merged.Broken is { } why)
            {
                var aside = $"{file.Path}.broken-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
                await home.WriteAsync(aside, existing!, cancellation);
                notes.Add($"~/{file.Path} could not be read ({why}). It was kept as ~/{aside}, and a new one was made.");
            }
            if (merged.Changed)
                await home.WriteAsync(file.Path, merged.Content, cancellation);
        }
        return notes;
    }
}
