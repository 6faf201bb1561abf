using System.Security.Cryptography;
using Caisson.Detection.Findings;

namespace Caisson.Workspaces;

/// <summary>
/// The key that certificate authorities are sealed with on disk: 32 bytes in <c>keys/sealing.key</c>, made on first use. Without it no running
/// sandbox's authority can be opened.
/// </summary>
public sealed class SealingKey
{
    private const int Length = 32;

    private readonly byte[] _bytes;

    private SealingKey(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes what stands for a found secret, with a key of its own that is derived from this one.</summary>
    internal Fingerprints Fingerprints() =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, Length, info: "caisson fingerprints"u8.ToArray()));

    /// <exception cref="InvalidDataException">The file is there and is not a key.</exception>
    internal static SealingKey Load(string directory)
    {
        var path = Path.Combine(directory, "sealing.key");
        if (!File.Exists(path))
            PrivateFile.Write(path, RandomNumberGenerator.GetBytes(Length));
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Length
            ? new SealingKey(bytes)
            : throw new InvalidDataException(
                $"{path} is no key of {Length} bytes. Restore it from a backup; or remove it, which ends the trust of running sandboxes."
            );
    }
}
