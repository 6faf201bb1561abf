using System.Runtime.CompilerServices;

namespace Caisson.Sandboxes.Tests.Lab;

/// <summary>Where the built programs of this checkout are.</summary>
internal static class Checkout
{
    internal static string Init { get; } =
        Path.Combine(Root(), "artifacts/bin/libexec/caisson-init") is var path && File.Exists(path)
            ? path
            : throw new FileNotFoundException("caisson-init is not built; run ./dev build first.", path);

    private static string Root([CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(directory.FullName, "Caisson.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("the repository's root");
        return directory.FullName;
    }
}
