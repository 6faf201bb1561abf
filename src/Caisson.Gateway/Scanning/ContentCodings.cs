using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using ZstdSharp;

namespace Caisson.Gateway.Scanning;

/// <summary>RFC 9110, 8.4.1, and RFC 8878.</summary>
internal enum ContentCoding
{
    Gzip,
    Deflate,
    Brotli,
    Zstandard,
}

/// <summary>The encodings of bodies that can be opened.</summary>
internal static class ContentCodings
{
    /// <summary>How many may be inside one another.</summary>
    public const int Most = 4;

    private const int SmallBody = 1 << 20;
    private const int GrowthOfSmall = 200;
    private const int Growth = 8;
    private const long MostDecoded = 256L << 20;

    /// <summary>Reads the header's values in the order of application.</summary>
    /// <returns>False, and which one can't be opened.</returns>
    public static bool TryRead(StringValues header, out IReadOnlyList<ContentCoding> codings, out string fault)
    {
        var read = new List<ContentCoding>();
        codings = read;
        fault = "";
        foreach (
            var name in header.SelectMany(value =>
                (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
        )
        {
            switch (name.ToLowerInvariant())
            {
                case "identity":
                    continue;
                case "gzip" or "x-gzip":
                    read.Add(ContentCoding.Gzip);
                    break;
                case "deflate":
                    read.Add(ContentCoding.Deflate);
                    break;
                case "br":
                    read.Add(ContentCoding.Brotli);
                    break;
                case "zstd":
                    read.Add(ContentCoding.Zstandard);
                    break;
                default:
                    fault = $"its Content-Encoding is {(name.Length <= 40 ? name : name[..40] + "…")}";
                    return false;
            }
        }
        if (read.Count > Most)
            fault = $"it has {read.Count} encodings inside one another";
        return read.Count <= Most;
    }

    public static Stream Decode(ContentCoding coding, Stream body) =>
        coding switch
        {
            ContentCoding.Gzip => new GZipStream(body, CompressionMode.Decompress),
            ContentCoding.Deflate => new ZLibStream(body, CompressionMode.Decompress),
            ContentCoding.Brotli => new BrotliStream(body, CompressionMode.Decompress),
            ContentCoding.Zstandard => new DecompressionStream(body),
            _ => throw new ArgumentOutOfRangeException(nameof(coding)),
        };

    /// <summary>
    /// How much a decoder may have taken in whose text it has not given out yet, in bytes. gzip, deflate and br give out what they can; zstd decodes a block only
    /// when all of it is there (RFC 8878, 3.1.1.2: at most 128 KiB); and of several inside one another the inner ones have buffers of their own.
    /// </summary>
    public static int Lag(IReadOnlyList<ContentCoding> codings) =>
        codings.Count > 1 ? int.MaxValue
        : codings.Contains(ContentCoding.Zstandard) ? 256 * 1024
        : 0;

    /// <summary>A decoder's word for what it can't read.</summary>
    public static bool IsFault(Exception exception) =>
        exception is InvalidDataException or InvalidOperationException or ZstdException or EndOfStreamException;

    /// <summary>How many bytes may come out of so many.</summary>
    public static long MostOpened(long packed) =>
        Math.Min(
            MostDecoded,
            packed <= SmallBody ? Math.Max(64 * 1024, packed * GrowthOfSmall) : Math.Max((long)SmallBody * GrowthOfSmall, packed * Growth)
        );
}
