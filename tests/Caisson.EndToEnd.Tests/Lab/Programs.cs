namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>The built product (<c>./dev build</c>, or the directory in <c>CAISSON_TEST_BIN</c>), and where test runs share what is costly.</summary>
internal static class Programs
{
    internal static string Root { get; } = FindRoot();

    internal static string Directory { get; } =
        Environment.GetEnvironmentVariable("CAISSON_TEST_BIN") is { Length: > 0 } set ? set : Path.Combine(Root, "artifacts", "bin");

    internal static string Caisson { get; } = Path.Combine(Directory, "caisson");

    internal static string Server { get; } = Path.Combine(Directory, "libexec", "server", "caisson-server");

    /// <summary>Home whose <c>store/</c> holds the installed agents, for all test runs.</summary>
    internal static string Shared { get; } =
        Environment.GetEnvironmentVariable("CAISSON_TEST_HOME") is { Length: > 0 } set ? set : Path.Combine(Root, "artifacts", "agents");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caisson.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run below the source tree.");
    }
}
