using Caisson.Gateway.Connections;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Http;

/// <summary>
/// Step 2 for a request: its parsed form becomes facts, or it is refused because it can be read in more than one way. Kestrel has refused
/// the rest by then (folded headers, bare line feeds, several lengths, spaces before colons, a Host unlike an absolute target).
/// </summary>
internal static class RequestReading
{
    /// <returns>Facts, or the decision that refuses the request.</returns>
    public static Decision? TryRead(HttpContext context, ExitConnection flow, out RequestFacts facts)
    {
        var request = context.Request;
        var headers = request.Headers;
        facts = Unreadable(request, flow);

        // Framing: one way to say where the body ends. Kestrel moves a Content-Length aside when there is a Transfer-Encoding too.
        if (headers.TransferEncoding is { Count: > 0 } encodings)
        {
            if (headers.ContainsKey("X-Content-Length") || request.ContentLength is not null)
                return Decisions.BadRequest("it has both Content-Length and Transfer-Encoding");
            if (encodings.Count > 1 || !string.Equals(encodings[0], "chunked", StringComparison.OrdinalIgnoreCase))
                return Decisions.BadRequest("its Transfer-Encoding is something else than one chunked");
        }

        if (HttpMethods.IsTrace(request.Method))
            return Decisions.Deny(
                Reason.RuleDenied,
                405,
                "TRACE would send headers back to the program, injected ones included.",
                "Use GET."
            );

        // Protocol
        var protocol = RequestProtocol.Http;
        var method = request.Method;
        if (HttpMethods.IsConnect(method))
        {
            if (context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true, Protocol: "websocket" })
                return Decisions.Deny(
                    Reason.ProtocolMismatch,
                    403,
                    "CONNECT asks for a tunnel, and there is none through a host.",
                    "Connect to the destination itself; every connection passes the gateway anyway."
                );
            protocol = RequestProtocol.WebSocket;
            method = HttpMethods.Get;
        }
        else if (headers.Upgrade is { Count: > 0 } upgrades)
        {
            if (upgrades.Count > 1 || !string.Equals(upgrades[0], "websocket", StringComparison.OrdinalIgnoreCase))
                return Decisions.Deny(
                    Reason.ProtocolMismatch,
                    403,
                    "The request asks for an upgrade to another protocol than websocket.",
                    "Leave the Upgrade header out; HTTP/2 is negotiated by TLS."
                );
            protocol = RequestProtocol.WebSocket;
        }
        else if (request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            protocol = RequestProtocol.Grpc;
        }

        // Target
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (protocol == RequestProtocol.WebSocket && HttpMethods.IsConnect(request.Method) && raw is not ['/', ..])
            raw = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        if (RequestTarget.TryParse(raw, flow.Tls, out var target) is { } fault)
            return Decisions.BadRequest(fault);
        facts = facts with
        {
            Protocol = protocol,
            Method = method,
            Path = target.Path,
            Query = target.Query,
            Headers = new HeaderLines(headers),
        };
        return HostAgreement.Check(headers, target, flow, ref facts);
    }

    private static RequestFacts Unreadable(HttpRequest request, ExitConnection flow) =>
        new()
        {
            Protocol = RequestProtocol.Http,
            Host = flow.Host,
            Port = flow.Port,
            IsLiteral = flow.IsLiteral,
            Tls = flow.Tls,
            Method = request.Method,
        };
}
