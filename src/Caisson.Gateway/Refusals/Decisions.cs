using Caisson.Gateway.Connections;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Refusals;

/// <summary>Denials that the gateway itself decides, beside those of the route table. Messages hold no value of the request but names.</summary>
internal static class Decisions
{
    private const string ByGateway = "gateway";

    public static Decision Deny(Reason reason, int status, string message, params string[] nextSteps) =>
        new()
        {
            Verdict = Verdict.Deny,
            Reason = reason,
            Rule = ByGateway,
            Message = message,
            NextSteps = nextSteps,
            Status = status,
        };

    public static Decision BadRequest(string what) =>
        Deny(
            Reason.Structure,
            400,
            $"The request is not well-formed: {what}. It was not forwarded.",
            "Send the request with a standard HTTP client; repeating it unchanged gives the same answer."
        );

    public static Decision HostMismatch(string asked, string what, string found) =>
        Deny(
            Reason.HostMismatch,
            421,
            $"The connection was made to {asked}, but {what} says {found}. A connection carries requests for its own host only.",
            $"Connect to {found} itself, so that the policy can decide about it.",
            "Do not reuse the connection or override the Host header."
        );

    public static Decision MalformedServerName() =>
        Deny(Reason.Structure, 400, "The server name in the TLS ClientHello is not a host name.");

    public static Decision UnknownProtocol(ExitConnection flow, WireProtocol wire) =>
        Deny(
            Reason.ProtocolMismatch,
            403,
            $"{flow.Host}:{flow.Port} is open for HTTP and TLS only; the connection began with {Describe(wire)}.",
            "Use HTTPS, or ask the operator for a route with protocol tcp for this host and port."
        );

    public static Decision? PassthroughFault(ExitConnection flow, bool encrypted)
    {
        if (encrypted)
            return Deny(
                Reason.HostMismatch,
                421,
                $"{flow.Host} is a passthrough route, and the TLS ClientHello is encrypted, so that its server name cannot be checked.",
                "Turn Encrypted ClientHello off in the client."
            );
        return flow.ServerName == flow.Host ? null : HostMismatch(flow.Host, "the TLS server name", flow.ServerName ?? "nothing");
    }

    public static Decision LogBroken() =>
        Deny(
            Reason.CheckFailed,
            503,
            "The decision log cannot be written, so nothing passes until it can be again.",
            "Tell the operator: the server's disk may be full. Try again later."
        );

    public static Decision Fault() =>
        Deny(
            Reason.CheckFailed,
            500,
            "The gateway failed while it worked on this request, so the request did not pass.",
            "Try again. If it happens again, tell the operator: the server's log has the cause."
        );

    private static string Describe(WireProtocol wire) =>
        wire switch
        {
            WireProtocol.Socks => "a SOCKS greeting, and there is no SOCKS proxy here",
            WireProtocol.Ssh => "an SSH banner",
            _ => "neither",
        };
}
