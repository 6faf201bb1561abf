using System.Security.Cryptography;

namespace Caisson.Workspaces.Canaries;

/// <summary>
/// Decoys that look like files with secrets. They lie in the home, never in a repository, where they could be committed; and under names that no program
/// reads by itself, so that an honest one neither uses nor sends them.
/// </summary>
internal static class CanaryFiles
{
    public const string Environment = ".env";
    public const string Aws = ".aws/credentials";
    public const string SshKey = ".ssh/id_ed25519_backup";

    /// <summary>Of the random part of a key, in characters of base64.</summary>
    public const int SshKeyLength = 280;

    private const int LineLength = 70;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // The beginning of every OpenSSH key without a passphrase: no decoy, since honest keys have it as well.
    private const string SshStart = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="home">Of a sandbox that hasn't started.</param>
    /// <param name="place">A path, and for <see cref="Environment"/> the variable's name.</param>
    /// <param name="value">The decoy itself.</param>
    public static void Write(string home, string place, string value)
    {
        var (path, name) = place.Split(' ') is [var file, var variable] ? (file, variable) : (place, "");
        var full = Path.Combine(home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!, Owner | UnixFileMode.UserExecute);
        File.WriteAllText(full, Content(path, name, value));
        File.SetUnixFileMode(full, Owner);
    }

    private static string Content(string path, string name, string value) =>
        path switch
        {
            Aws => $"[backup]\naws_access_key_id = AKIA{RandomNumberGenerator.GetString(Base32, 16)}\naws_secret_access_key = {value}\n",
            // Dashes and words apart: this file is no key.
            SshKey =>
                $"{Line("BEGIN")}\n{SshStart}\n{string.Join('\n', value.Chunk(LineLength).Select(line => new string(line)))}\n{Line("END")}\n",
            _ => $"{name}={value}\n",
        };

    private static string Line(string word) => $"-----{word} OPENSSH PRIVATE KEY-----";
}
