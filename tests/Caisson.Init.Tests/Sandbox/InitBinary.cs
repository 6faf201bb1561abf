using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Caisson.Init.Tests.Sandbox;

/// <summary>The published <c>caisson-init</c>; built when it is missing or older than a source file.</summary>
internal static class InitBinary
{
    private static readonly Lazy<string> s_path = new(Build);

    internal static string Path => s_path.Value;

    private static string Build()
    {
        var root = Root();
        var binary = System.IO.Path.Combine(root, "artifacts/bin/libexec/caisson-init");
        var newest = new[] { "src/Caisson.Init", "src/Caisson.Init.Protocol" }
            .SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(root, folder), "*", SearchOption.AllDirectories))
            .Max(File.GetLastWriteTimeUtc);
        if (File.Exists(binary) && File.GetLastWriteTimeUtc(binary) >= newest)
        {
            return binary;
        }

        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = root,
            ArgumentList = { "publish", "src/Caisson.Init", "-c", "Release", "-o", "artifacts/bin/libexec", "-v", "q", "-nologo" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output);
        File.SetLastWriteTimeUtc(binary, newest);
        return binary;
    }

    private static string Root([CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(System.IO.Path.GetDirectoryName(here)!);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "Caisson.slnx")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("the repository's root");
        }

        return directory.FullName;
    }
}
