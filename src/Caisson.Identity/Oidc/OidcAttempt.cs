namespace Caisson.Identity.Oidc;

/// <summary>One login that has begun.</summary>
/// <param name="State">Ties the answer to the browser that asked.</param>
/// <param name="Nonce">Ties the token to this login.</param>
/// <param name="Verifier">Ties the code to us (PKCE).</param>
/// <param name="Next">The local path to go to afterwards.</param>
public sealed record OidcAttempt(string Provider, string State, string Nonce, string Verifier, string Next);
