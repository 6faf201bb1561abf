using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>One provider as we speak to it: discovery, the authorization code flow with PKCE (RFC 7636), refresh, and the checks of its tokens.</summary>
/// <param name="http">Follows no redirects: an answer from elsewhere is not the provider's.</param>
/// <param name="secret">The client's, or null for a public client.</param>
public sealed class OidcProvider(OidcProviderOptions options, string? secret, HttpClient http, TimeProvider time)
{
    private const int LongestAnswer = 256 * 1024;
    private static readonly TimeSpan MetadataAge = TimeSpan.FromHours(1);

    /// <summary>A stranger's token must not make us ask the provider as often as the stranger likes.</summary>
    private static readonly TimeSpan KeyPause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1);
    private (OidcMetadata Value, DateTimeOffset Read)? _metadata;
    private (IReadOnlyList<SigningKey> Value, DateTimeOffset Read)? _keys;

    public OidcProviderOptions Options => options;

    /// <summary>Where the browser goes to sign in.</summary>
    /// <exception cref="OidcException">The provider can't be used now.</exception>
    public async Task<string> AuthorizationAsync(OidcAttempt attempt, string redirect, CancellationToken cancellation)
    {
        var metadata = await MetadataAsync(cancellation);
        return Address(
            metadata.Authorization,
            [
                ("response_type", "code"),
                ("client_id", options.ClientId),
                ("redirect_uri", redirect),
                ("scope", string.Join(' ', options.Scopes)),
                ("state", attempt.State),
                ("nonce", attempt.Nonce),
                ("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier)))),
                ("code_challenge_method", "S256"),
            ]
        );
    }

    /// <summary>Where the browser goes to sign out there too, or null.</summary>
    public async Task<string?> EndSessionAsync(string returnTo, CancellationToken cancellation) =>
        (await MetadataAsync(cancellation)).EndSession is { } address
            ? Address(address, [("client_id", options.ClientId), ("post_logout_redirect_uri", returnTo)])
            : null;

    /// <summary>Turns the code into a person.</summary>
    public Task<OidcLogin> LoginAsync(OidcAttempt attempt, string code, string redirect, CancellationToken cancellation) =>
        TokensAsync(
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("code_verifier", attempt.Verifier)],
            attempt.Nonce,
            cancellation
        );

    /// <summary>Asks again who somebody is, without them.</summary>
    public Task<OidcLogin> RefreshAsync(string refreshToken, CancellationToken cancellation) =>
        TokensAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken)], null, cancellation);

    /// <summary>Whose sessions a back-channel logout token ends.</summary>
    public async Task<LogoutTokenResult> LogoutAsync(string text, CancellationToken cancellation)
    {
        if (SignedToken.Read(text, out var problem) is not { } token)
            return new LogoutTokenResult(null, null, null, problem);
        return TokenCheck.LogoutToken(token, await KeysAsync(token.KeyId, cancellation), options, time.GetUtcNow());
    }

    private async Task<OidcLogin> TokensAsync((string, string)[] form, string? nonce, CancellationToken cancellation)
    {
        var metadata = await MetadataAsync(cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.Token);
        var fields = form.Select(field => new KeyValuePair<string, string>(field.Item1, field.Item2)).ToList();
        if (secret is null)
            fields.Add(new("client_id", options.ClientId));
        else
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(secret)}"))
            );
        request.Content = new FormUrlEncodedContent(fields);
        var answer = await SendAsync(request, "token endpoint", cancellation);
        if (SignedToken.Text(answer, "id_token") is not { } text)
            return OidcLogin.Refused("the provider gave no ID token");
        if (SignedToken.Read(text, out var problem) is not { } token)
            return OidcLogin.Refused($"the ID token {problem}");
        var result = TokenCheck.IdToken(token, await KeysAsync(token.KeyId, cancellation), options, nonce, time.GetUtcNow());
        if (result.Problem is not null)
            return OidcLogin.Refused(result.Problem);
        var claims = result.Claims;
        // Many providers tell the address only here.
        if (
            SignedToken.Text(claims, "email") is null
            && metadata.UserInfo is { } address
            && SignedToken.Text(answer, "access_token") is { } access
        )
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, address);
            question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
            var more = await SendAsync(question, "userinfo endpoint", cancellation);
            if (SignedToken.Text(more, "sub") != result.Subject)
                return OidcLogin.Refused("sub: the userinfo endpoint speaks of somebody else");
            claims = Joined(more, claims);
        }
        return OidcPerson.Read(claims, options, out var why) is { } person
            ? new OidcLogin(person, SignedToken.Text(answer, "refresh_token"), null)
            : OidcLogin.Refused(why!);
    }

    /// <summary>What the signed token says wins.</summary>
    private static JsonElement Joined(JsonElement more, JsonElement claims)
    {
        var all = more.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        foreach (var claim in claims.EnumerateObject())
            all[claim.Name] = claim.Value;
        return JsonSerializer.SerializeToElement(all);
    }

    private async Task<OidcMetadata> MetadataAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_metadata is { } known && time.GetUtcNow() - known.Read < MetadataAge)
                return known.Value;
            using var request = new HttpRequestMessage(HttpMethod.Get, options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
            var value = OidcMetadata.Read(await SendAsync(request, "discovery document", cancellation), options.Issuer);
            _metadata = (value, time.GetUtcNow());
            return value;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IReadOnlyList<SigningKey>> KeysAsync(string? id, CancellationToken cancellation)
    {
        var metadata = await MetadataAsync(cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            var now = time.GetUtcNow();
            if (_keys is { } known && (now - known.Read < KeyPause || known.Value.Any(key => id is null || key.Id == id)))
                return known.Value;
            using var request = new HttpRequestMessage(HttpMethod.Get, metadata.Keys);
            var value = SigningKey.ReadSet(await SendAsync(request, "keys", cancellation));
            _keys = (value, now);
            return value;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellation)
    {
        try
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw new OidcException($"The {what} of {options.Issuer} answered {(int)response.StatusCode}.")
                {
                    IsRefusal = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
                };
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new OidcException($"The {what} of {options.Issuer} is no JSON object.");
        }
        catch (Exception exception)
            when (exception is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new OidcException($"The {what} of {options.Issuer} can't be read: {exception.Message}", exception);
        }
    }

    private static string Address(Uri address, (string Name, string Value)[] query) =>
        address.AbsoluteUri
        + (address.Query.Length == 0 ? '?' : '&')
        + string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
}

/// <param name="RefreshToken">Kept in memory alone.</param>
/// <param name="Problem">Why it was refused; for the record, not for the person.</param>
public sealed record OidcLogin(OidcPerson? Person, string? RefreshToken, string? Problem)
{
    internal static OidcLogin Refused(string why) => new(null, null, why);
}
