namespace Caisson.Policy.Hosts;

/// <summary>The one spelling of a host that policies, decisions and records use, or why there is none.</summary>
/// <param name="Host">Lower case, no trailing dot, no port, no brackets; IDNA as <c>xn--</c>; empty when <paramref name="Problem"/> is set.</param>
/// <param name="IsLiteral">Whether <paramref name="Host"/> is an IPv4 or IPv6 address.</param>
/// <param name="Port">The port that stood behind the host, or null.</param>
/// <param name="Problem">Why the text is refused, in words that fit behind "the host": <c>holds user-info</c>.</param>
public readonly record struct CanonicalHost(string Host, bool IsLiteral, int? Port, string? Problem)
{
    public bool IsValid => Problem is null;

    internal static CanonicalHost Refused(string problem) => new("", false, null, problem);
}
