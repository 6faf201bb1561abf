namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A git repository of one commit.</summary>
internal sealed class Repository : IDisposable
{
    private Repository(string path) => Path = path;

    internal string Path { get; }

    internal static async Task<Repository> CreateAsync()
    {
        var repository = new Repository(Directory.CreateTempSubdirectory("ce-repo-").FullName);
        await repository.GitAsync("init", "-q", "-b", "main");
        await File.WriteAllTextAsync(repository.At("README.md"), "# A project\n");
        await repository.GitAsync("add", ".");
        await repository.GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "first");
        return repository;
    }

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    internal async Task<string> GitAsync(params string[] arguments) =>
        (await Command.RunAsync(Command.Describe("git", arguments, Path))).ShouldSucceed().Out;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
