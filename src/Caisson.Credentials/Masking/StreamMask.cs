using System.Text;

namespace Caisson.Credentials.Masking;

/// <summary>
/// Masks a stream of bytes piece by piece: a secret that is cut by the pieces' borders is found, too, because what may be the beginning of one is kept back until more comes.
/// Not thread-safe.
/// </summary>
public sealed class StreamMask
{
    // One character for each byte, so that bytes that are no text come through unchanged.
    private string held = "";

    /// <summary>What of all bytes so far may go on.</summary>
    public byte[] Next(ReadOnlySpan<byte> bytes, KnownSecretMask mask)
    {
        var text = mask.MaskBytes(held + Encoding.Latin1.GetString(bytes));
        var keep = mask.BeginningAtEnd(text);
        held = text[^keep..];
        return Encoding.Latin1.GetBytes(text[..^keep]);
    }

    /// <summary>What was kept back; nothing follows.</summary>
    public byte[] End()
    {
        var rest = Encoding.Latin1.GetBytes(held);
        held = "";
        return rest;
    }
}
