using System.Collections.Concurrent;
using Caisson.Credentials.Files;
using Caisson.Credentials.Logins;
using Caisson.Credentials.Store;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Sources;

/// <summary>
/// Finds the present value of a credential. One resolver serves every driver and knows no agent: what an agent provider brings comes in as
/// <see cref="EnvironmentLookup.Overlay"/>. Reasons name the credential and its source, never a value. Thread-safe.
/// </summary>
/// <param name="environment">A variable of the server's user, or null.</param>
/// <param name="store">Caisson's own store.</param>
/// <param name="time">Tells which logins have ended.</param>
public sealed class CredentialResolver(Func<string, string?> environment, CredentialStore store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (FileStamp Stamp, CodexLoginResult Result)> logins = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (FileStamp Stamp, Secret Value)> files = new(StringComparer.Ordinal);

    /// <param name="credential">As in the policy.</param>
    /// <param name="prompted">The answer to a <c>prompt</c> credential's question, or null where nobody gave one.</param>
    public CredentialValue Resolve(CredentialSpec credential, Secret? prompted)
    {
        var found = credential.Source.Kind switch
        {
            CredentialSourceKind.Env => FromEnvironment(credential.Source.Value),
            CredentialSourceKind.File => FromFile(credential.Source.Value),
            CredentialSourceKind.Store => store.Read(credential.Source.Value),
            CredentialSourceKind.Login => FromLogin(credential.Source.Value),
            _ when prompted is { IsEmpty: false } => new CredentialValue(prompted),
            _ => new CredentialValue(null, "it is asked for at launch, and no answer is known"),
        };
        return found.Unavailable is null
            ? found
            : found with
            {
                Unavailable = $"Credential {credential.Name} ({Words(credential.Source)}): {found.Unavailable}.",
            };
    }

    private CredentialValue FromEnvironment(string variable)
    {
        var value = environment(variable);
        return value switch
        {
            null => new CredentialValue(null, "the server's environment has no such variable"),
            "" => new CredentialValue(null, "the variable is empty"),
            _ => new CredentialValue(new Secret(value)),
        };
    }

    // One look at the file a request; it is read again only after a change.
    private CredentialValue FromFile(string path)
    {
        if (LinuxFile.Look(path, out var problem) is not { } facts)
            return new CredentialValue(null, $"the file can't be read: {problem}");
        if (PrivateFile.WhyNot(facts) is { } unsafeBecause)
            return new CredentialValue(null, $"the file {unsafeBecause}");
        if (files.TryGetValue(path, out var known) && known.Stamp == facts.Stamp)
            return new CredentialValue(known.Value);
        if (PrivateFile.Read(path, out var stamp, out problem) is not { } content)
            return new CredentialValue(null, $"the file {problem}", Retryable: true);
        var value = new Secret(WithoutNewline(content));
        if (value.IsEmpty)
            return new CredentialValue(null, "the file is empty");
        files[path] = (stamp, value);
        return new CredentialValue(value);
    }

    // Codex of the machine's user may renew it at any time, so it is looked at for each request, and read again after a change.
    private CredentialValue FromLogin(string path)
    {
        if (!logins.TryGetValue(path, out var known) || LinuxFile.Look(path, out _) is not { } facts || facts.Stamp != known.Stamp)
        {
            var result = CodexLoginFile.Read(path, out var stamp);
            logins[path] = known = (stamp, result);
        }
        var judged = CodexLoginFile.Judge(known.Result, path, time.GetUtcNow());
        return judged.Login is { } login ? new CredentialValue(login.AccessToken) : new CredentialValue(null, judged.Words.TrimEnd('.'));
    }

    private static ReadOnlySpan<byte> WithoutNewline(ReadOnlySpan<byte> content) =>
        content switch
        {
            [.. var rest, (byte)'\r', (byte)'\n'] => rest,
            [.. var rest, (byte)'\n'] => rest,
            _ => content,
        };

    private static string Words(CredentialSource source) =>
        source.Kind switch
        {
            CredentialSourceKind.Env => $"variable {source.Value}",
            CredentialSourceKind.File => $"file {source.Value}",
            CredentialSourceKind.Store => $"store {source.Value}",
            CredentialSourceKind.Login => "the login of Codex",
            _ => "prompt",
        };
}
