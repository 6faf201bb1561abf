using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Caisson.Workspaces.Recordings;

/// <summary>Reads a recording from its first piece on. What was begun and not finished at the end is no piece.</summary>
internal sealed class RecordingReader(RecordingInfo info, string path) : IDisposable
{
    private const int Longest = 16 << 20;
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);

    /// <summary>Over what was read so far.</summary>
    internal RecordingChain Chain { get; private set; } = RecordingChain.Begin(info.Id);

    /// <summary>Bytes of whole pieces that were read so far.</summary>
    internal long Position { get; private set; }

    /// <summary>The next piece as it lies there; null when there is none yet.</summary>
    internal byte[]? Next()
    {
        Span<byte> length = stackalloc byte[RecordingFile.LengthBytes];
        if (_file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) == length.Length)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(length);
            if (size is > RecordingFile.Head and <= Longest)
            {
                var box = new byte[size];
                if (_file.ReadAtLeast(box, size, throwOnEndOfStream: false) == size)
                {
                    Chain = Chain.With(box);
                    Position += RecordingFile.SizeOf(box);
                    return box;
                }
            }
        }
        _file.Position = Position;
        return null;
    }

    /// <summary>The next piece, opened.</summary>
    /// <exception cref="CryptographicException">It was changed, or is not the one that comes here.</exception>
    internal RecordingPiece? Next(byte[] key)
    {
        var before = Chain;
        return Next() is { } box ? RecordingFile.Open(box, key, before) : null;
    }

    public void Dispose() => _file.Dispose();
}
