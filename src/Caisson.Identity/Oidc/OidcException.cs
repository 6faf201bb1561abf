namespace Caisson.Identity.Oidc;

/// <summary>The provider can't be reached, or doesn't behave as one. The message holds no secret.</summary>
public sealed class OidcException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The provider was there and said no: asking again would change nothing.</summary>
    public bool IsRefusal { get; init; }
}
