using Caisson.Workspaces.Templates;

namespace Caisson.Workspaces.Tests.Templates;

public sealed class ProjectFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caisson-project-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FilesComeInOrder_WithoutWhatIsExcluded_AndWithoutTheSourcesHistory()
    {
        Write("README.md");
        Write("src/app.py");
        Write("src/answers.key");
        Write("notes/facilitator.md");
        Write(".git/config");
        Write("deep/.git/config");
        File.WriteAllText(Path.Combine(_folder, ".caisson-exclude"), "# for teachers\n*.key\nnotes/facilitator.md\n");

        Paths().ShouldBe(["README.md", "src/app.py"]);
    }

    [Fact]
    public void ALinkIsALink_AndIsNotFollowed()
    {
        Write("real/a.txt");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "way-out"), "/etc");

        Paths().ShouldBe(["real/a.txt", "way-out"]);
    }

    private void Write(string path)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, path);
    }

    private IEnumerable<string> Paths() => ProjectFiles.Of(_folder).Select(file => file.Path);
}
