using Caisson.Policy.Loading;

namespace Caisson.Policy.Tests.Loading;

/// <summary>A <c>$CAISSON_HOME</c> for one test.</summary>
internal sealed class TemporaryHome : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("caisson-policy-");

    public PolicyLoadOptions Options => new() { Home = Path(".caisson-home"), UserHome = root.FullName };

    public string Path(string relative) =>
        System.IO.Path.Combine(root.FullName, relative.StartsWith('.') ? relative : ".caisson-home/" + relative);

    public string Write(string relative, string text)
    {
        var file = Path(relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => root.Delete(recursive: true);
}
