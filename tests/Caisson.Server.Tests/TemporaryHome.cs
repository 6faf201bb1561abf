namespace Caisson.Server.Tests;

/// <summary>A <c>CAISSON_HOME</c> of one test.</summary>
internal sealed class TemporaryHome : IDisposable
{
    // Short, because a Unix socket's path has at most 107 bytes.
    public string Path { get; } = Directory.CreateTempSubdirectory("cs-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public TemporaryHome With(string configuration)
    {
        System.IO.File.WriteAllText(File("caisson.yaml"), configuration);
        return this;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
