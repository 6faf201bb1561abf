using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Caisson.Terminals.Recordings;

/// <summary>
/// Writes asciicast (https://docs.asciinema.org/manual/asciicast/v3/ and v2): a line of JSON for the head, then one for each event.
/// </summary>
public sealed class CastWriter(IBufferWriter<byte> output, CastFormat format)
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private TimeSpan _last;

    /// <param name="from">Where in the recording this begins; its events' times are since then.</param>
    public void Head(int columns, int rows, DateTimeOffset started, string title, TimeSpan from = default)
    {
        _last = from;
        Start = from;
        using (var json = new Utf8JsonWriter(output, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", format == CastFormat.V2 ? 2 : 3);
            if (format == CastFormat.V2)
            {
                json.WriteNumber("width", columns);
                json.WriteNumber("height", rows);
            }
            else
            {
                json.WriteStartObject("term");
                json.WriteNumber("cols", columns);
                json.WriteNumber("rows", rows);
                json.WriteString("type", "xterm-256color");
                json.WriteEndObject();
            }
            json.WriteNumber("timestamp", (started + from).ToUnixTimeSeconds());
            json.WriteString("title", title);
            if (format == CastFormat.V2)
            {
                json.WriteStartObject("env");
                json.WriteString("TERM", "xterm-256color");
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private TimeSpan Start { get; set; }

    public void Write(CastEvent next)
    {
        if (format == CastFormat.V2 && next.Code == CastEvent.Exit)
            return;
        var time = format == CastFormat.V2 ? next.Time - Start : next.Time - _last;
        _last = next.Time;
        using (var json = new Utf8JsonWriter(output, s_options))
        {
            json.WriteStartArray();
            // Microseconds are what terminals need; more would be noise.
            json.WriteNumberValue(Math.Max(0, Math.Round((decimal)time.Ticks / TimeSpan.TicksPerSecond, 6)));
            json.WriteStringValue(stackalloc char[1] { next.Code });
            json.WriteStringValue(next.Data);
            json.WriteEndArray();
        }
        output.Write("\n"u8);
    }
}
