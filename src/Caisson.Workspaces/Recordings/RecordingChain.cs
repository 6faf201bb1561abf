using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Workspaces.Recordings;

/// <summary>
/// The hash over all that a recording holds so far: each sealed piece is bound to those before it, so that one that is changed, left out or put elsewhere breaks all that
/// follow, and a value in the record of access tells where a recording was cut.
/// </summary>
internal readonly struct RecordingChain
{
    private RecordingChain(int count, byte[] head) => (Count, Head) = (count, head);

    /// <summary>Pieces so far.</summary>
    internal int Count { get; }

    /// <summary>32 bytes.</summary>
    internal byte[] Head { get; }

    internal static RecordingChain Begin(string id) => new(0, SHA256.HashData(Encoding.UTF8.GetBytes("caisson-recording-1:" + id)));

    internal RecordingChain With(ReadOnlySpan<byte> sealedPiece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Head);
        hash.AppendData(sealedPiece);
        return new RecordingChain(Count + 1, hash.GetHashAndReset());
    }

    /// <summary>What the next piece is bound to.</summary>
    internal byte[] Binding()
    {
        var binding = new byte[Head.Length + sizeof(int)];
        Head.CopyTo(binding, 0);
        BinaryPrimitives.WriteInt32BigEndian(binding.AsSpan(Head.Length), Count);
        return binding;
    }

    /// <summary>As the record of access has it: <c>12 pieces, sha256 ab…</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Count} pieces, sha256 {Convert.ToHexStringLower(Head)}");
}
