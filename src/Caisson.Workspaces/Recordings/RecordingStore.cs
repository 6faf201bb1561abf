using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Workspaces.Recordings;

/// <summary><c>recordings/WORKSPACE/ID.json</c>, what is known of one, and <c>ID.rec</c>, what it holds; mode 0600. They stay when their workspace goes.</summary>
internal sealed class RecordingStore(string directory)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal IEnumerable<RecordingInfo> All()
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*.json", SearchOption.AllDirectories))
        {
            RecordingInfo? info = null;
            try
            {
                info = JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordingJson.Default.RecordingInfo);
            }
            catch (JsonException)
            {
                // Whoever verifies the recordings is told that it is missing.
            }
            if (info is not null)
                yield return info;
        }
    }

    internal void Write(RecordingInfo info)
    {
        Directory.CreateDirectory(Path.Combine(directory, info.Workspace), Private | UnixFileMode.UserExecute);
        PrivateFile.Write(InfoOf(info), JsonSerializer.SerializeToUtf8Bytes(info, RecordingJson.Default.RecordingInfo));
    }

    internal SafeFileHandle Create(RecordingInfo info)
    {
        using (
            new FileStream(
                FileOf(info),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = Private,
                }
            )
        ) { }
        return Open(info);
    }

    internal SafeFileHandle Open(RecordingInfo info) =>
        File.OpenHandle(FileOf(info), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    internal void Delete(RecordingInfo info)
    {
        File.Delete(FileOf(info));
        File.Delete(InfoOf(info));
    }

    internal string FileOf(RecordingInfo info) => Path.Combine(directory, info.Workspace, $"{info.Id}.rec");

    private string InfoOf(RecordingInfo info) => Path.Combine(directory, info.Workspace, $"{info.Id}.json");
}
