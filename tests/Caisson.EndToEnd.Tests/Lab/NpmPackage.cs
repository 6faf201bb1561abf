namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A package from npm, once for all test runs. Where npm can't be reached, the test is skipped and says so; with <c>CI</c> set it fails.</summary>
internal static class NpmPackage
{
    /// <returns>A folder that holds it below <c>node_modules</c>.</returns>
    internal static async Task<string> FolderAsync(string name, string version)
    {
        var folder = Path.Combine(Programs.Root, "artifacts", "npm", $"{name}-{version}");
        if (Directory.Exists(Path.Combine(folder, "node_modules", name)))
            return folder;
        var install = await Command.RunAsync(
            "npm",
            "install",
            "--prefix",
            folder,
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            $"{name}@{version}"
        );
        Assert.SkipWhen(
            install.Code != 0 && Environment.GetEnvironmentVariable("CI") is null,
            $"{name} is needed, from npm: {install.Error}"
        );
        install.ShouldSucceed();
        return folder;
    }
}
