using System.Buffers;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Audit;

/// <summary>The open log file of one sandbox and its newest denials. Thread-safe.</summary>
internal sealed class SandboxDecisions(string path) : IDisposable
{
    // Enough for several hundred records: what a restarted server reads back of the newest denials.
    private const int TailBytes = 256 * 1024;

    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> line = new(1024);
    private readonly Utf8JsonWriter json = new(Stream.Null);
    private readonly DenialRing denials = new(DecisionLog.DenialsKept);
    private SafeFileHandle? file;
    private bool disposed;

    public void Append(DecisionRecord record)
    {
        lock (gate)
        {
            var handle = Open();
            line.ResetWrittenCount();
            json.Reset(line);
            JsonSerializer.Serialize(json, record, DecisionRecordJson.Default.DecisionRecord);
            json.Flush();
            line.Write("\n"u8);
            try
            {
                // The offset is ignored: the file is open with O_APPEND.
                RandomAccess.Write(handle, line.WrittenSpan, fileOffset: 0);
            }
            catch
            {
                // Part of the line may be there. Opening anew ends it, so that the next record has a line of its own.
                Forget();
                throw;
            }
            denials.Add(record);
        }
    }

    public IReadOnlyList<DecisionRecord> RecentDenials(int limit)
    {
        lock (gate)
        {
            Open();
            return denials.Newest(limit);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            json.Dispose();
            Forget();
        }
    }

    private void Forget()
    {
        file?.Dispose();
        file = null;
    }

    private SafeFileHandle Open()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (file is { } open)
            return open;
        var handle = AppendOnlyFile.Open(path);
        try
        {
            ReadTail(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        return file = handle;
    }

    private void ReadTail(SafeFileHandle handle)
    {
        var length = RandomAccess.GetLength(handle);
        if (length == 0)
            return;
        var tail = new byte[Math.Min(length, TailBytes)];
        var read = RandomAccess.Read(handle, tail, length - tail.Length);
        var text = tail.AsSpan(0, read);
        if (text is [.., not (byte)'\n'])
            RandomAccess.Write(handle, "\n"u8, fileOffset: 0);
        if (denials.IsEmpty)
            denials.Fill(text, startsInsideALine: length > tail.Length);
    }
}
