using Caisson.Detection.Findings;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Scanning.WebSockets;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>Denials for what was found, in words that hold nothing of it.</summary>
internal static class ScanRefusal
{
    public static Decision Of(ScanHit hit, string host)
    {
        var finding = hit.Finding;
        var seen = finding.Chain.Count == 0 ? "" : $" (behind {string.Join(" and ", finding.Chain)})";
        var (reason, message, step) = finding.Kind switch
        {
            FindingKind.Known => (
                Reason.SecretFound,
                $"The value of credential {finding.Description} is in the request's {hit.Surface}{seen}, and {host} is none of its destinations.",
                "Send a credential only to the hosts that the policy binds it to; there the gateway puts it in by itself."
            ),
            FindingKind.Canary => (
                Reason.Canary,
                $"A decoy that no honest program sends anywhere is in the request's {hit.Surface}{seen}.",
                "Do not send this sandbox's environment or credential files anywhere."
            ),
            FindingKind.Placeholder => (
                Reason.PlaceholderMisuse,
                $"The placeholder of credential {finding.Description} is in the request's {hit.Surface}{seen}, and {host} is none of its destinations.",
                "Send the credential the usual way to the host that it is for."
            ),
            FindingKind.Bomb => (
                Reason.Bomb,
                $"The request's {hit.Surface} can't be looked through: {finding.Description}.",
                "Send it with fewer encodings inside one another."
            ),
            _ => (
                Reason.SecretFound,
                $"The request's {hit.Surface} holds what looks like a secret{seen}: {finding.Description} (rule {finding.Rule}).",
                "Take the secret out and send the request again."
            ),
        };
        return Decisions.Deny(
            reason,
            403,
            message + (hit.Action.Action == DetectAction.Hold ? " A person would decide about it, but nobody can be asked here yet." : ""),
            step,
            "If it is no secret, ask the operator to set `detect` of this route."
        ) with
        {
            Rule = $"detect {finding.Rule}: {hit.Action.DecidedBy}",
        };
    }

    public static Decision Bomb() =>
        Decisions.Deny(
            Reason.Bomb,
            403,
            "The request's body becomes so much when it is unpacked that it was given up.",
            "Send it in several requests, or without compression."
        );

    public static Decision Undecodable(string what) =>
        Decisions.Deny(
            Reason.Undecodable,
            403,
            $"The request's body can't be looked through: {what}. What is not looked through does not leave.",
            "Send the body with gzip, deflate, br or zstd, or without an encoding."
        );

    public static Decision Unreadable(WebSocketFault fault) =>
        Decisions.Deny(
            fault.Code switch
            {
                WebSocketFault.MessageTooBig => Reason.TooLarge,
                WebSocketFault.ProtocolError => Reason.Structure,
                _ => Reason.Undecodable,
            },
            fault.Code == WebSocketFault.MessageTooBig ? 413 : 403,
            $"A WebSocket message can't be looked through: it {fault.What}.",
            fault.Code == WebSocketFault.MessageTooBig ? "Send it in several messages." : "Use a standard WebSocket client."
        );

    public static Decision UnknownExtension() =>
        Decisions.Deny(
            Reason.Undecodable,
            403,
            "The server wants a WebSocket extension that can't be looked through.",
            "Offer no other extension than permessage-deflate."
        );
}

/// <summary>A body that was refused while it was read.</summary>
internal sealed class RefusedBodyException(Decision decision) : IOException(decision.Message)
{
    public Decision Decision => decision;

    public static RefusedBodyException? In(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is RefusedBodyException refused)
                return refused;
        }
        return null;
    }
}
