using System.Buffers.Binary;
using Caisson.Init.Processes;

namespace Caisson.Init.Flows;

/// <summary>A SHA-256 digest under way. All pieces but the last must be whole blocks of 64 bytes.</summary>
internal sealed unsafe class Sha256Digest
{
    internal const int Length = 32;
    private const int Block = 64;

    private readonly uint[] _state = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
    private ulong _length;

    internal void Add(ReadOnlySpan<byte> blocks)
    {
        _length += (ulong)blocks.Length;
        Hash(blocks);
    }

    /// <summary>Adds the last piece, of any length, and ends the digest.</summary>
    internal byte[] Complete(ReadOnlySpan<byte> last)
    {
        var whole = last.Length & ~(Block - 1);
        Add(last[..whole]);
        last = last[whole..];
        _length += (ulong)last.Length;

        // A one bit, zeros, and the number of bits, to the end of a block.
        Span<byte> padding = stackalloc byte[2 * Block];
        padding.Clear();
        last.CopyTo(padding);
        padding[last.Length] = 0x80;
        padding = padding[..(last.Length < Block - 8 ? Block : 2 * Block)];
        BinaryPrimitives.WriteUInt64BigEndian(padding[^8..], 8 * _length);
        Hash(padding);
        var digest = new byte[Length];
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(4 * i), _state[i]);
        }

        return digest;
    }

    private void Hash(ReadOnlySpan<byte> blocks)
    {
        fixed (uint* state = _state)
        fixed (byte* data = blocks)
        {
            Native.HashBlocks(state, data, (ulong)(blocks.Length / Block));
        }
    }
}
