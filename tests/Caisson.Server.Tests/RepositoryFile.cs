namespace Caisson.Server.Tests;

/// <summary>Files of the source tree that these tests were built from.</summary>
internal static class RepositoryFile
{
    public static string Root { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests do not run below the source tree.");
    }
}
