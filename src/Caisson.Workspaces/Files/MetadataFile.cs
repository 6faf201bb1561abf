using System.Text.Json;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces;

/// <summary>
/// <c>metadata.json</c> beside a sandbox's files: what it was started with, for people and for a store that was lost. The database decides.
/// </summary>
internal static class MetadataFile
{
    internal static Task WriteAsync(string path, SandboxRecord record, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(record.Document, StoreJson.Default.SandboxDocument));
        return Task.CompletedTask;
    }
}
