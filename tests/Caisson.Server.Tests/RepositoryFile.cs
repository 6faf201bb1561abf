namespace Caisson.Server.Tests;

/// <summary>Files of the source tree that these tests were built from.</summary>
internal static class RepositoryFile
{
    public static string Read(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return File.ReadAllText(Path.Combine(folder.FullName, path));
        }
        throw new FileNotFoundException("The tests do not run below the source tree.", path);
    }
}
