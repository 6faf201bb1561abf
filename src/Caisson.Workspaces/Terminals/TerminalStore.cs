using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Caisson.Terminals.Screen;

namespace Caisson.Workspaces.Terminals;

/// <summary>
/// <c>terminals/ID.json</c> and <c>terminals/ID.checkpoint</c>. Files and no tables: a terminal lives on the machine that has its sandbox, and so does what is
/// known of it.
/// </summary>
internal sealed class TerminalStore
{
    private const int Head = 2 * sizeof(long);
    private readonly string _directory;

    internal TerminalStore(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    internal void Write(TerminalRecord record) =>
        PrivateFile.Write(
            File(record.Id, "json"),
            JsonSerializer.SerializeToUtf8Bytes(record, TerminalJson.Default.TerminalRecord),
            durable: false
        );

    /// <summary>All that can be read. A damaged one is left alone: its terminal ends with its sandbox.</summary>
    internal IReadOnlyList<TerminalRecord> All()
    {
        var records = new List<TerminalRecord>();
        foreach (var path in Directory.EnumerateFiles(_directory, "*.json"))
        {
            try
            {
                if (JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), TerminalJson.Default.TerminalRecord) is { } record)
                    records.Add(record);
            }
            catch (JsonException)
            {
                // Half of a record tells nothing that could be acted on.
            }
        }
        return records;
    }

    internal void Delete(string id)
    {
        System.IO.File.Delete(File(id, "json"));
        System.IO.File.Delete(File(id, "checkpoint"));
    }

    /// <param name="buffer">Where it is written to.</param>
    /// <param name="offset">Of the output byte that comes next.</param>
    /// <param name="replyBase">Where in PID 1's count the model's answers began.</param>
    internal static void Checkpoint(ArrayBufferWriter<byte> buffer, TerminalScreen screen, long offset, long replyBase)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(Head), offset);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(Head)[sizeof(long)..], replyBase);
        buffer.Advance(Head);
        Caisson.Terminals.Screen.Checkpoint.Save(screen, buffer);
    }

    /// <summary>Terminals end with their machine, so nothing waits for the disk here.</summary>
    internal void WriteCheckpoint(string id, ReadOnlySpan<byte> checkpoint) =>
        PrivateFile.Write(File(id, "checkpoint"), checkpoint, durable: false);

    /// <summary>False where there is none, or none that can be used.</summary>
    internal bool TryReadCheckpoint(string id, [NotNullWhen(true)] out TerminalScreen? screen, out long offset, out long replyBase)
    {
        (screen, offset, replyBase) = (null, 0, 0);
        var path = File(id, "checkpoint");
        if (!System.IO.File.Exists(path))
            return false;
        var bytes = System.IO.File.ReadAllBytes(path);
        if (bytes.Length < Head || !Caisson.Terminals.Screen.Checkpoint.TryLoad(bytes.AsSpan(Head), out screen))
            return false;
        offset = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        replyBase = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long)));
        return true;
    }

    private string File(string id, string kind) => Path.Combine(_directory, $"{id}.{kind}");
}
