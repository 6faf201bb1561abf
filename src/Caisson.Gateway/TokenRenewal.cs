namespace Caisson.Gateway;

/// <summary>Exactly one of the two is set.</summary>
/// <param name="Json">The answer: placeholders, no value.</param>
/// <param name="Unavailable">Why there is nothing to renew with, and what to do.</param>
public sealed record TokenRenewal(string? Json, string? Unavailable = null);
