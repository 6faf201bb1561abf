namespace Caisson.Server.Configuration;

/// <summary>Where a secret is: <c>file:PATH</c> or <c>env:NAME</c>. Settings hold references, so that no secret is in a file of settings, a flag or a listing.</summary>
internal static class SecretReference
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>What is wrong with the reference itself, or null.</summary>
    internal static string? Problem(string text) =>
        text.StartsWith("file:/", StringComparison.Ordinal) || (text.StartsWith("env:", StringComparison.Ordinal) && text.Length > 4)
            ? null
            : "a secret is given as file:/PATH or env:NAME, never itself";

    /// <exception cref="InvalidDataException">It can't be read, or others could read it too; says why, never the value.</exception>
    internal static string Read(string key, string reference)
    {
        if (reference.StartsWith("env:", StringComparison.Ordinal))
            return Environment.GetEnvironmentVariable(reference[4..]) is { Length: > 0 } value
                ? value
                : throw new InvalidDataException($"{key}: the server's environment has no variable {reference[4..]}.");
        var path = reference["file:".Length..];
        try
        {
            if ((File.GetUnixFileMode(path) & Others) != 0)
                throw new InvalidDataException($"{key}: {path} can be read by others: `chmod 600` it.");
            return File.ReadAllText(path).TrimEnd('\r', '\n') is { Length: > 0 } content
                ? content
                : throw new InvalidDataException($"{key}: {path} is empty.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{key}: {path} can't be read: {exception.Message}", exception);
        }
    }
}
