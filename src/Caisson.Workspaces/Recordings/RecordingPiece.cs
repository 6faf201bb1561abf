using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Caisson.Terminals.Recordings;

namespace Caisson.Workspaces.Recordings;

/// <summary>Events that are compressed and sealed together.</summary>
/// <param name="Offset">Of the terminal's output, after the last event.</param>
internal sealed record RecordingPiece(long Offset, IReadOnlyList<CastEvent> Events)
{
    private const int Quality = 4;
    private const int Window = 20;
    private const int LargestPlain = 64 << 20;
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line of JSON with the offset, then one for each event, in Brotli.</summary>
    internal byte[] Pack()
    {
        var plain = new ArrayBufferWriter<byte>(1 << 12);
        using (var json = new Utf8JsonWriter(plain, s_options))
        {
            foreach (var next in Events.Prepend(new CastEvent(default, '@', Offset.ToString(CultureInfo.InvariantCulture))))
            {
                json.WriteStartArray();
                json.WriteNumberValue(next.Time.Ticks);
                json.WriteStringValue(next.Code.ToString());
                json.WriteStringValue(next.Data);
                json.WriteEndArray();
                json.Flush();
                plain.Write("\n"u8);
                json.Reset(plain);
            }
        }
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.WrittenCount)];
        return BrotliEncoder.TryCompress(plain.WrittenSpan, packed, out var length, Quality, Window)
            ? packed[..length]
            : throw new InvalidOperationException("A piece of a recording could not be compressed.");
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static RecordingPiece Unpack(byte[] packed)
    {
        using var plain = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress))
            brotli.CopyTo(plain);
        if (plain.Length > LargestPlain)
            throw new InvalidDataException("A piece of a recording is larger than any that is written.");
        var offset = 0L;
        var events = new List<CastEvent>();
        var rest = plain.GetBuffer().AsMemory(0, (int)plain.Length);
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            using var line = JsonDocument.Parse(rest[..end]);
            rest = rest[(end + 1)..];
            var next = new CastEvent(
                new TimeSpan(line.RootElement[0].GetInt64()),
                line.RootElement[1].GetString()![0],
                line.RootElement[2].GetString()!
            );
            if (next.Code == '@')
                offset = long.Parse(next.Data, CultureInfo.InvariantCulture);
            else
                events.Add(next);
        }
        return new RecordingPiece(offset, events);
    }
}
