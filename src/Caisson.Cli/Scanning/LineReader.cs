namespace Caisson.Cli.Scanning;

/// <summary>Lines as bytes, without their line feeds.</summary>
internal sealed class LineReader(Stream input)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>The next line, which is valid until the one after it is asked for; null at the end.</summary>
    internal ReadOnlyMemory<byte>? Next()
    {
        var searched = start;
        while (true)
        {
            var at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
                return Take(searched + at - start, 1);
            searched = end;
            if (end == buffer.Length)
            {
                // The line is moved to the front; one that fills the buffer gets a larger one.
                var target = start == 0 ? new byte[buffer.Length * 2] : buffer;
                buffer.AsSpan(start, end - start).CopyTo(target);
                (buffer, searched, end, start) = (target, searched - start, end - start, 0);
            }
            var read = input.Read(buffer, end, buffer.Length - end);
            end += read;
            if (read == 0)
                return start == end ? default(ReadOnlyMemory<byte>?) : Take(end - start, 0);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int lineFeed)
    {
        var line = buffer.AsMemory(start, length);
        start += length + lineFeed;
        return line;
    }
}
