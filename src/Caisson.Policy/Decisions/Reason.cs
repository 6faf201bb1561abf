namespace Caisson.Policy.Decisions;

/// <summary>
/// Why a request did not pass. The list is closed: each member has a wire name (snake_case, see <see cref="ReasonNames"/>), a paragraph in
/// docs/reasons.md and a test; a name outside the list does not compile.
/// </summary>
public enum Reason
{
    NoRoute,
    RuleDenied,
    ProtocolMismatch,
    HostMismatch,
    Lookalike,
    RawIp,
    PrivateAddress,
    AmbiguousPath,
    AmbiguousBody,
    Structure,
    SecretFound,
    Canary,
    PlaceholderMisuse,
    Undecodable,
    Bomb,
    CredentialUnavailable,
    ForeignAccount,
    HoldExpired,
    HoldQuota,
    Rejected,
    RateLimited,
    BudgetExhausted,
    TooLarge,
    HiddenObjects,
    ScanIncomplete,
    CheckFailed,
    UpstreamTlsInvalid,
    UpstreamUnreachable,
    UpstreamTimeout,
    Frozen,
}
