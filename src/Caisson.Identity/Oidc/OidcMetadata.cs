using System.Text.Json;

namespace Caisson.Identity.Oidc;

/// <summary>A provider's discovery document, as far as it is used.</summary>
internal sealed record OidcMetadata(Uri Authorization, Uri Token, Uri Keys, Uri? UserInfo, Uri? EndSession)
{
    /// <exception cref="OidcException">It is not this issuer's, or names addresses that are not https.</exception>
    internal static OidcMetadata Read(JsonElement document, string issuer)
    {
        if (SignedToken.Text(document, "issuer") != issuer)
            throw new OidcException($"The discovery document of {issuer} is of another issuer.");
        return new OidcMetadata(
            Required("authorization_endpoint"),
            Required("token_endpoint"),
            Required("jwks_uri"),
            Optional("userinfo_endpoint"),
            Optional("end_session_endpoint")
        );

        Uri Required(string name) => Optional(name) ?? throw new OidcException($"The discovery document of {issuer} has no {name}.");

        Uri? Optional(string name)
        {
            if (SignedToken.Text(document, name) is not { } text)
                return null;
            return
                Uri.TryCreate(text, UriKind.Absolute, out var address)
                && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))
                ? address
                : throw new OidcException($"The discovery document of {issuer} has a {name} that is no https address.");
        }
    }
}
