using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Caisson.Credentials.Files;

namespace Caisson.Credentials.Store;

/// <summary>
/// The key that wraps all data keys: 32 random bytes in <c>$CAISSON_HOME/keys/master.key</c>, mode 0600, made on first use. It is read when it is
/// needed and wiped afterwards.
/// </summary>
internal sealed class MasterKey(string home)
{
    private const string Heading = "caisson-master-key-1 ";
    private const int KeyBytes = 32;

    public string File { get; } = Path.Combine(home, "keys", "master.key");

    public bool Exists => System.IO.File.Exists(File);

    /// <summary>The key, or why there is none.</summary>
    public byte[]? Read(out string problem)
    {
        var content = PrivateFile.Read(File, out _, out problem);
        if (content is null)
        {
            problem = $"{File} {problem}";
            return null;
        }
        try
        {
            var text = Encoding.ASCII.GetString(content).TrimEnd('\n');
            if (text.StartsWith(Heading, StringComparison.Ordinal) && Base64Url.IsValid(text.AsSpan(Heading.Length)))
            {
                var key = Base64Url.DecodeFromChars(text.AsSpan(Heading.Length));
                if (key.Length == KeyBytes)
                    return key;
            }
            problem = $"{File} holds no master key";
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Creates the key unless another process just did. Throws <see cref="IOException"/> where it can't be kept.</summary>
    public void Create()
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var content = Encoding.ASCII.GetBytes(Heading + Base64Url.EncodeToString(key) + "\n");
        PrivateFile.TryCreate(File, content);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(content);
    }
}
