using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Credentials;

/// <summary>
/// What the caller's environment gave for the credentials of one sandbox, for the server that takes the sandbox over: AES-256-GCM under the
/// server's sealing key, tied to the sandbox's id, in its own directory outside of what it sees. Goes when the sandbox stops.
/// </summary>
/// <remarks>On disk: version (1 byte), nonce (12), tag (16), cipher text of a JSON object.</remarks>
internal sealed class SealedValues(SealingKey sealing)
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Head = 1 + NonceBytes + TagBytes;

    internal static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <param name="values">Variable to value. None: no file is made.</param>
    internal void Write(string path, string sandboxId, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0)
            return;
        var plain = JsonSerializer.SerializeToUtf8Bytes(values, StoreJson.Default.IReadOnlyDictionaryStringString);
        try
        {
            var box = new byte[Head + plain.Length];
            box[0] = Version;
            var nonce = box.AsSpan(1, NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            using var cipher = new AesGcm(sealing.Bytes, TagBytes);
            cipher.Encrypt(nonce, plain, box.AsSpan(Head), box.AsSpan(1 + NonceBytes, TagBytes), Binding(sandboxId));
            PrivateFile.Write(path, box);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <exception cref="CryptographicException">Another key, another sandbox, or changed bytes.</exception>
    internal IReadOnlyDictionary<string, string> Read(string path, string sandboxId)
    {
        if (!File.Exists(path))
            return None;
        ReadOnlySpan<byte> box = File.ReadAllBytes(path);
        if (box.Length < Head || box[0] != Version)
            throw new CryptographicException("The sealed values are not of a form that this version knows.");
        var plain = new byte[box.Length - Head];
        try
        {
            using var cipher = new AesGcm(sealing.Bytes, TagBytes);
            cipher.Decrypt(box.Slice(1, NonceBytes), box[Head..], box.Slice(1 + NonceBytes, TagBytes), plain, Binding(sandboxId));
            return JsonSerializer.Deserialize(plain, StoreJson.Default.IReadOnlyDictionaryStringString) ?? None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] Binding(string sandboxId) => Encoding.UTF8.GetBytes("caisson-values-1:" + sandboxId);
}
