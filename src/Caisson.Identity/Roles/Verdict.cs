namespace Caisson.Identity;

/// <param name="Reason">Which role, share or scope decided.</param>
/// <param name="NeedsReason">Allowed to an admin who looks into somebody else's things, and only with a reason that is recorded.</param>
public sealed record Verdict(bool Allowed, string Reason, bool NeedsReason = false);
