using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Workspaces.Recordings;

/// <summary>
/// A key for each workspace, made with its first recording: 32 bytes, sealed with the installation's sealing key (AES-256-GCM, tied to the workspace) in <c>key.sealed</c>
/// beside its recordings. On disk: version (1 byte), nonce (12), tag (16), the sealed key.
/// </summary>
internal sealed class RecordingKeys(string directory, SealingKey sealing)
{
    private const byte Version = 1;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Head = 1 + NonceBytes + TagBytes;

    private readonly ConcurrentDictionary<string, Lazy<byte[]>> _keys = new(StringComparer.Ordinal);

    /// <exception cref="IOException">There is none and none can be written.</exception>
    /// <exception cref="CryptographicException">It was sealed with another key, or is damaged.</exception>
    internal byte[] Of(string workspace)
    {
        var key = _keys.GetOrAdd(workspace, name => new Lazy<byte[]>(() => Open(name)));
        try
        {
            return key.Value;
        }
        catch
        {
            _keys.TryRemove(new KeyValuePair<string, Lazy<byte[]>>(workspace, key));
            throw;
        }
    }

    private byte[] Open(string workspace)
    {
        var path = Path.Combine(directory, workspace, "key.sealed");
        using var cipher = new AesGcm(sealing.Bytes, TagBytes);
        var key = new byte[KeyBytes];
        if (!File.Exists(path))
        {
            RandomNumberGenerator.Fill(key);
            var made = new byte[Head + KeyBytes];
            made[0] = Version;
            RandomNumberGenerator.Fill(made.AsSpan(1, NonceBytes));
            cipher.Encrypt(made.AsSpan(1, NonceBytes), key, made.AsSpan(Head), made.AsSpan(1 + NonceBytes, TagBytes), Binding(workspace));
            PrivateFile.Write(path, made);
            return key;
        }
        ReadOnlySpan<byte> box = File.ReadAllBytes(path);
        if (box.Length != Head + KeyBytes || box[0] != Version)
            throw new CryptographicException($"{path} is not of a form that this version knows.");
        cipher.Decrypt(box.Slice(1, NonceBytes), box[Head..], box.Slice(1 + NonceBytes, TagBytes), key, Binding(workspace));
        return key;
    }

    private static byte[] Binding(string workspace) => Encoding.UTF8.GetBytes("caisson-recording-key-1:" + workspace);
}
