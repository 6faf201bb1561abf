using System.Security.Cryptography;

namespace Caisson.Credentials.Files;

/// <summary>Reads and writes files that only the server's user may see.</summary>
internal static class PrivateFile
{
    /// <summary>The largest secret.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>Why a file is no safe place for a secret, in words that fit behind its path, or null.</summary>
    public static string? WhyNot(FileFacts facts) =>
        facts switch
        {
            { IsRegular: false } => "is no regular file",
            { Owner: var owner } when owner != LinuxFile.EffectiveUser =>
                $"belongs to user {owner}, not to the server's user {LinuxFile.EffectiveUser}",
            { Mode: var mode } when (mode & ~0x180u) != 0 =>
                $"has mode {Convert.ToString(mode, 8).PadLeft(4, '0')}; others must not read it: `chmod 600` it",
            { Size: > MaximumBytes } => $"is larger than {MaximumBytes / 1024} KiB",
            _ => null,
        };

    /// <summary>The content and what it was read from; or why not. Checked on what was opened, not on what had been there before.</summary>
    public static byte[]? Read(string path, out FileStamp stamp, out string problem)
    {
        stamp = default;
        // Opening a pipe would wait for its writer, so it is looked at first.
        if (LinuxFile.Look(path, out problem) is not { } before || (problem = WhyNot(before) ?? "").Length > 0)
            return null;
        try
        {
            using var handle = File.OpenHandle(path);
            if (LinuxFile.Look(handle) is not { } facts || (problem = WhyNot(facts) ?? "").Length > 0)
                return null;
            stamp = facts.Stamp;
            var content = new byte[facts.Size];
            var length = RandomAccess.Read(handle, content, 0);
            if (length == content.Length)
                return content;
            CryptographicOperations.ZeroMemory(content);
            problem = "changed while it was read";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = "can't be read: " + exception.Message;
        }
        return null;
    }

    /// <summary>Replaces a file as a whole: after a crash the old or the new one is there.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var directory = MakeDirectory(path);
        var temporary = WriteTemporary(path, content);
        File.Move(temporary, path, overwrite: true);
        LinuxFile.Flush(directory);
    }

    /// <summary>Creates a file as a whole, unless it exists.</summary>
    /// <returns>False where it exists.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var directory = MakeDirectory(path);
        var temporary = WriteTemporary(path, content);
        try
        {
            return LinuxFile.TryLink(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
            LinuxFile.Flush(directory);
        }
    }

    private static string MakeDirectory(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return directory;
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using var stream = new FileStream(temporary, options);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
