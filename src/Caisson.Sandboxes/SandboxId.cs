using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Caisson.Sandboxes;

/// <summary>
/// The id of a sandbox: <c>&lt;name&gt;-&lt;5 base36&gt;</c>, at most 54 characters, safe as host name, directory and cgroup name.
/// </summary>
public readonly partial record struct SandboxId(string Value)
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>A new id whose first part is made from <paramref name="name"/>: lower case, other characters become hyphens.</summary>
    public static SandboxId Create(string name)
    {
        var stem = Unsafe().Replace(name.ToLowerInvariant(), "-").Trim('-');
        stem = stem.Length == 0 ? "sandbox" : stem[..Math.Min(stem.Length, 48)].TrimEnd('-');
        if (!char.IsAsciiLetter(stem[0]))
            stem = "s" + stem;
        return new SandboxId($"{stem}-{RandomNumberGenerator.GetString(Alphabet, 5)}");
    }

    /// <summary>Whether <paramref name="text"/> has the form of an id. Ids reach paths, so everything from outside is checked here first.</summary>
    public static bool IsValid(string text) => Valid().IsMatch(text);

    public override string ToString() => Value;

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Unsafe();

    [GeneratedRegex("^[a-z][a-z0-9-]{0,48}-[0-9a-z]{5}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Valid();
}
