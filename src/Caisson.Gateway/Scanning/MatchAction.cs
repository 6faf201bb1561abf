using System.Runtime.InteropServices;
using Caisson.Detection.Findings;
using Caisson.Policy;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>What follows from a finding, and who said so.</summary>
/// <param name="Action">As the route has it.</param>
/// <param name="DecidedBy">The setting, for records and answers.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MatchAction(DetectAction Action, string DecidedBy)
{
    /// <summary>Some finding may be taken out of what goes there.</summary>
    public static bool MayRedact(Route? route) =>
        route?.Origin.Layer == Layer.AgentProvider || route?.Detect.OnMatch?.Value == DetectAction.Redact;

    /// <summary>
    /// A route's own word, else the policy's, else: a person decides about what goes to hosts that a person allowed, and what an agent sends to its model goes
    /// without the secret, so that one slip doesn't end the conversation.
    /// </summary>
    public static MatchAction Of(Finding finding, Route? route)
    {
        // Nobody can say what is in it.
        if (finding.Kind == FindingKind.Bomb)
            return new MatchAction(DetectAction.Deny, "always");
        var isProviders = route?.Origin.Layer == Layer.AgentProvider;
        // A stray value of another credential in a conversation is redacted whatever the route says; anywhere else these are denied at least.
        if (finding.Kind is FindingKind.Canary or FindingKind.Placeholder)
            return isProviders ? new MatchAction(DetectAction.Redact, "always") : new MatchAction(DetectAction.Deny, "always");
        if (route?.Detect.OnMatch is { } written)
            return new MatchAction(written.Value, $"on_match ({written.Origin})");
        return isProviders
            ? new MatchAction(DetectAction.Redact, "default for agent providers")
            : new MatchAction(DetectAction.Hold, "default");
    }
}
