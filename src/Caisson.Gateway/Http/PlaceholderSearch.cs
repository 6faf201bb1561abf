using System.Buffers;
using System.Text;
using Caisson.Credentials;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>Finds a sandbox' placeholders where they would leave it: an upstream must never see one.</summary>
internal sealed class PlaceholderSearch
{
    private const string BasicScheme = "Basic ";

    private readonly IReadOnlyList<SandboxCredential> credentials;
    private readonly SearchValues<string>? placeholders;

    public PlaceholderSearch(IEnumerable<SandboxCredential> credentials)
    {
        this.credentials = [.. credentials.Where(c => c.Placeholder.Length > 0)];
        if (this.credentials.Count > 0)
            placeholders = SearchValues.Create([.. this.credentials.Select(c => c.Placeholder)], StringComparison.Ordinal);
    }

    public bool IsEmpty => placeholders is null;

    /// <summary>The credential whose placeholder is in a text, also percent-encoded, or null.</summary>
    public SandboxCredential? Find(ReadOnlySpan<char> text)
    {
        if (placeholders is null || text.IsEmpty)
            return null;
        if (text.ContainsAny(placeholders))
            return Which(text);
        if (!text.Contains('%') && !text.Contains('+'))
            return null;
        var decoded = Uri.UnescapeDataString(text.ToString());
        return decoded.AsSpan().ContainsAny(placeholders) ? Which(decoded) : null;
    }

    /// <summary>The first header that holds a placeholder, but the one that is about to be replaced.</summary>
    public (SandboxCredential Credential, string Header)? Find(IHeaderDictionary headers, string? replaced)
    {
        if (placeholders is null)
            return null;
        foreach (var (name, values) in headers)
        {
            if (replaced is not null && string.Equals(name, replaced, StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
            {
                if (value is not null && (Find(value) ?? FindInBasic(value)) is { } found)
                    return (found, name);
            }
            if (Find(name) is { } inName)
                return (inName, "a header's name");
        }
        return null;
    }

    /// <summary>A request's body, looked through while it streams; the body itself where there is nothing to look for.</summary>
    public Stream Guard(Stream body, RequestFacts facts) =>
        placeholders is null
            ? body
            : new GuardedBody(
                body,
                [
                    .. credentials.Select(c => new GuardedPlaceholder(
                        c.Name,
                        Encoding.UTF8.GetBytes(c.Placeholder),
                        c.Binds.Any(bind => CredentialUse.CoversHost(bind, facts))
                    )),
                ]
            );

    /// <summary>Overwrites with asterisks what is bound to the request's own host: no placeholder ever leaves.</summary>
    public void Hide(Span<byte> text, RequestFacts facts)
    {
        foreach (var credential in credentials)
        {
            if (!credential.Binds.Any(bind => CredentialUse.CoversHost(bind, facts)))
                continue;
            var placeholder = Encoding.UTF8.GetBytes(credential.Placeholder);
            for (var rest = text; rest.IndexOf(placeholder) is >= 0 and var at; rest = rest[(at + placeholder.Length)..])
                rest.Slice(at, placeholder.Length).Fill((byte)'*');
        }
    }

    /// <summary>Looks inside the base64 of a Basic header.</summary>
    public SandboxCredential? FindInBasic(string value)
    {
        if (!value.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var encoded = value.AsSpan(BasicScheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, bytes, out var written) ? Find(Encoding.UTF8.GetString(bytes, 0, written)) : null;
    }

    private SandboxCredential? Which(ReadOnlySpan<char> text)
    {
        foreach (var credential in credentials)
        {
            if (text.Contains(credential.Placeholder, StringComparison.Ordinal))
                return credential;
        }
        return null;
    }
}
