namespace Caisson.Detection.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class SourceTree
{
    internal static string Root { get; } = Find();

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
