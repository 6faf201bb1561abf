using System.IO.Compression;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>A package of Python's in the form that pip installs (packaging.python.org/specifications/binary-distribution-format).</summary>
internal static class PythonWheel
{
    internal const string FileName = "greeting-1.0.0-py3-none-any.whl";

    internal static byte[] Create()
    {
        const string about = "greeting-1.0.0.dist-info";
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "greeting.py", "text = 'hello from the index'\n");
            Add(archive, $"{about}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0.0\n");
            Add(archive, $"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add(archive, $"{about}/RECORD", $"greeting.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n");
        }
        return bytes.ToArray();
    }

    private static void Add(ZipArchive archive, string name, string content)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(content);
    }
}
