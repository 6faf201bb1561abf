using System.Security.Authentication;
using Caisson.Gateway.Http;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;
using Yarp.ReverseProxy.Forwarder;

namespace Caisson.Gateway.Upstream;

/// <summary>Puts what went wrong between us and an upstream into words, with the stage it happened in.</summary>
internal static class UpstreamErrors
{
    /// <returns>Null when it was the client that left.</returns>
    public static UpstreamFault? Explain(string host, ForwarderError error, Exception? exception, bool wasSilent, GatewayTimeouts timeouts)
    {
        if (wasSilent)
            return Timeout($"{host} fell silent for {timeouts.Idle.TotalSeconds:0.#} s in the middle of its answer (stage: answer body).");
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case UpstreamFault known:
                    return known;
                case AuthenticationException handshake:
                    return UpstreamTls.HandshakeFault(host, handshake);
                case RefusedBodyException refused:
                    return UpstreamFault.Of(refused.Decision);
                case PlaceholderInBodyException placeholder:
                    return UpstreamFault.Of(CredentialUse.InBody(placeholder.Credential));
            }
        }
        return error switch
        {
            ForwarderError.RequestBodyClient => UpstreamFault.Of(Decisions.BadRequest("its body broke off or is malformed")),
            ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled => null,
            ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled => null,
            ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient => null,
            _ when IsConnectTimeout(exception) => Timeout(
                $"{host} did not finish the connection within {(timeouts.Connect + timeouts.Handshake).TotalSeconds:0.#} s (stage: handshake)."
            ),
            ForwarderError.RequestTimedOut => Timeout(
                $"{host} sent no answer within {timeouts.FirstByte.TotalSeconds:0.#} s (stage: first answer byte)."
            ),
            ForwarderError.UpgradeActivityTimeout => Timeout($"Nothing passed for {timeouts.Idle.TotalSeconds:0.#} s (stage: WebSocket)."),
            _ => new UpstreamFault(
                Reason.UpstreamUnreachable,
                502,
                $"{host} is allowed and was reached, but it gave no valid HTTP answer (stage: answer).",
                "The policy is not the cause. Try again later."
            ),
        };
    }

    // The client tells its own limit for connections from other cancellations by this inner exception.
    private static bool IsConnectTimeout(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is TimeoutException)
                return true;
        }
        return false;
    }

    private static UpstreamFault Timeout(string message) =>
        new(Reason.UpstreamTimeout, 504, message, "The upstream may be overloaded. Try again later.");
}
