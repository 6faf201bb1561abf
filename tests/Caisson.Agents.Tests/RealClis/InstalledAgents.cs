using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.RealClis;

/// <summary>
/// The real CLIs, from a store that test runs share (<c>artifacts/agents</c>, or <c>CAISSON_TEST_HOME</c>), installed from npm when they are
/// missing. Where npm can't be reached the tests are skipped and say so; with <c>CI</c> set they fail.
/// </summary>
internal static class InstalledAgents
{
    private static readonly Lazy<AgentStore> Store = new(Open);

    internal static async Task<(AgentStore Store, string Directory)> GetAsync(string name)
    {
        var result = await Store.Value.InstallAsync(name, progress: null, TestContext.Current.CancellationToken);
        if (result.Directory is { } directory)
            return (Store.Value, directory);
        Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") is null, $"The real CLI is needed: {result.Error}");
        throw new InvalidOperationException(result.Error);
    }

    private static AgentStore Open()
    {
        var home = Environment.GetEnvironmentVariable("CAISSON_TEST_HOME") ?? Path.Combine(RepositoryRoot(), "artifacts", "agents");
        var registry = NpmRegistry.Find(Environment.GetEnvironmentVariable, Environment.GetEnvironmentVariable("HOME"));
        return AgentStore.Open(home, new HttpClient(), registry, TimeProvider.System);
    }

    private static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Caisson.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        return directory;
    }
}
