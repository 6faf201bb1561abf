using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Caisson.Workspaces.Recordings;

/// <summary>
/// Sealed pieces one after the other: length (u32), nonce (12), tag (16), AES-256-GCM of the packed events, bound to all pieces before it. Not thread-safe.
/// </summary>
internal static class RecordingFile
{
    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;
    internal const int LengthBytes = 4;
    internal const int Head = NonceBytes + TagBytes;

    /// <summary>The bytes of a piece on disk, without their length.</summary>
    internal static byte[] Seal(RecordingPiece piece, byte[] key, RecordingChain chain)
    {
        var packed = piece.Pack();
        var box = new byte[Head + packed.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(box.AsSpan(0, NonceBytes), packed, box.AsSpan(Head), box.AsSpan(NonceBytes, TagBytes), chain.Binding());
        return box;
    }

    /// <summary>As it goes to the file: with its length in front.</summary>
    internal static byte[] Framed(byte[] sealedPiece)
    {
        var framed = new byte[LengthBytes + sealedPiece.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, sealedPiece.Length);
        sealedPiece.CopyTo(framed, LengthBytes);
        return framed;
    }

    /// <exception cref="CryptographicException">It was changed, or is not the one that comes here.</exception>
    internal static RecordingPiece Open(byte[] box, byte[] key, RecordingChain chain)
    {
        var packed = new byte[box.Length - Head];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(Head), box.AsSpan(NonceBytes, TagBytes), packed, chain.Binding());
        return RecordingPiece.Unpack(packed);
    }

    internal static long SizeOf(byte[] box) => LengthBytes + box.Length;
}
