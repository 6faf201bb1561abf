namespace Caisson.Detection.Rules;

/// <summary>Bytes as characters of the same number, so that places in one are places in the other.</summary>
internal static class Latin1
{
    /// <exception cref="ArgumentException">The output has another length.</exception>
    internal static void Widen(ReadOnlySpan<byte> bytes, Span<char> output)
    {
        if (output.Length != bytes.Length)
            throw new ArgumentException("must be as long as the bytes", nameof(output));
        _ = System.Text.Encoding.Latin1.GetChars(bytes, output);
    }
}
