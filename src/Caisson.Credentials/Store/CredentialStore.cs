using System.Security.Cryptography;
using System.Text.Json;
using Caisson.Credentials.Files;
using Caisson.Policy.Sections;

namespace Caisson.Credentials.Store;

/// <summary>A name in the store; its value is given to nobody but the resolver.</summary>
public sealed record StoredCredential(string Name, DateTimeOffset Changed);

/// <summary>Whether the store did what it was asked, and if not, why, in words.</summary>
/// <param name="Problem">Null when done.</param>
public readonly record struct StoreOutcome(string? Problem)
{
    public bool Done => Problem is null;
}

/// <summary>
/// Caisson's own store of credentials, one file each under <c>$CAISSON_HOME/credentials</c>, encrypted under a master key. Thread-safe, and safe
/// between processes: files are replaced as a whole. Broken I/O (a full disk) throws <see cref="IOException"/> and leaves what was there.
/// </summary>
public sealed class CredentialStore(string home, TimeProvider time)
{
    private const string Extension = ".sealed.json";
    private readonly MasterKey master = new(home);

    private string Folder { get; } = Path.Combine(home, "credentials");

    /// <summary>Stores or replaces a value of 1 byte to 32 KiB under a name of the form of credentials.</summary>
    public StoreOutcome Set(string name, Secret value)
    {
        if (!PolicyName.IsValid(name))
            return new StoreOutcome($"A credential's name must match {PolicyName.Pattern}.");
        if (value.IsEmpty)
            return new StoreOutcome($"The value of credential {name} is empty.");
        if (value.RevealBytes().Length > PrivateFile.MaximumBytes / 2)
            return new StoreOutcome($"The value of credential {name} is larger than {PrivateFile.MaximumBytes / 2048} KiB.");
        if (!master.Exists)
        {
            var stored = List().Count;
            if (stored > 0)
                return new StoreOutcome(
                    $"{master.File} is missing, and {stored} stored credentials can't be read without it. Restore it, or remove them."
                );
            master.Create();
        }
        if (master.Read(out var problem) is not { } key)
            return new StoreOutcome($"The credential store is closed: {problem}.");
        var sealedValue = SealedValue.Seal(name, value.RevealBytes(), key, time.GetUtcNow());
        CryptographicOperations.ZeroMemory(key);
        PrivateFile.Write(FileOf(name), JsonSerializer.SerializeToUtf8Bytes(sealedValue, StoreJson.Default.SealedValue));
        return default;
    }

    /// <summary>Names with the time of their last change, sorted by name.</summary>
    public IReadOnlyList<StoredCredential> List()
    {
        if (!Directory.Exists(Folder))
            return [];
        return
        [
            .. Directory
                .EnumerateFiles(Folder, "*" + Extension)
                .Select(file => Path.GetFileName(file)[..^Extension.Length])
                .Where(PolicyName.IsValid)
                .Order(StringComparer.Ordinal)
                .Select(name => new StoredCredential(name, Load(name, out _)?.Changed ?? default)),
        ];
    }

    /// <summary>Removes a credential. A name that isn't there is a problem said in words, so that a slip of the hand shows.</summary>
    public StoreOutcome Remove(string name)
    {
        if (!PolicyName.IsValid(name) || !File.Exists(FileOf(name)))
            return new StoreOutcome($"There is no credential {name} in the store.");
        File.Delete(FileOf(name));
        LinuxFile.Flush(Folder);
        return default;
    }

    /// <summary>The value, for the resolver alone.</summary>
    internal CredentialValue Read(string name)
    {
        if (!PolicyName.IsValid(name) || !File.Exists(FileOf(name)))
            return new CredentialValue(null, $"there is none of this name in the store; `caisson credential set {name}` adds it");
        if (Load(name, out var problem) is not { } found)
            return new CredentialValue(null, $"its file in the store {problem}");
        if (master.Read(out problem) is not { } key)
            return new CredentialValue(null, problem);
        var current = SealedValue.Fingerprint(key);
        var value = found.Open(name, key);
        CryptographicOperations.ZeroMemory(key);
        if (value is null)
        {
            return new CredentialValue(
                null,
                found.Master == current
                    ? "its file in the store was changed by something else"
                    : $"it was stored under another master key than {master.File} holds now"
            );
        }
        var secret = new Secret(value.AsSpan());
        CryptographicOperations.ZeroMemory(value);
        return new CredentialValue(secret);
    }

    private string FileOf(string name) => Path.Combine(Folder, name + Extension);

    private SealedValue? Load(string name, out string problem)
    {
        if (PrivateFile.Read(FileOf(name), out _, out problem) is not { } content)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(content, StoreJson.Default.SealedValue) is { Version: 1 } found)
                return found;
            problem = "is of a version that this Caisson doesn't know";
        }
        catch (JsonException)
        {
            problem = "is damaged";
        }
        return null;
    }
}
