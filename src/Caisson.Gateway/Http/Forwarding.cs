using System.Security.Authentication;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Caisson.Gateway.Http;

/// <summary>Steps 6 and 7: sends the rebuilt request to its upstream and streams the answer back, counting both.</summary>
internal sealed class Forwarding(IHttpForwarder forwarder, GatewayTimeouts timeouts)
{
    // A client that speaks HTTP/1.1 gets an HTTP/1.1 upstream, as it would without us; one that speaks HTTP/2 gets HTTP/2 wherever the
    // upstream offers it.
    private readonly ForwarderRequestConfig http1 = new()
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        ActivityTimeout = timeouts.FirstByte,
    };

    private readonly ForwarderRequestConfig http2 = new()
    {
        Version = System.Net.HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        ActivityTimeout = timeouts.FirstByte,
    };

    /// <returns>Null when the answer was passed on, whatever its status; else why there is none.</returns>
    public async Task<Decision?> SendAsync(ExitRequest request)
    {
        var context = request.Context;
        HttpMessageInvoker client;
        try
        {
            client = request.Flow.Exit.Upstreams.For(request.Decision.Route!);
        }
        catch (InvalidDataException e)
        {
            return UpstreamTls.Invalid(request.Facts.Host, e.Message).AsDecision(request.Decision);
        }
        var metered = new MeteredBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(metered);
        var config = HttpProtocol.IsHttp2(context.Request.Protocol) ? http2 : http1;
        var error = await forwarder.SendAsync(
            context,
            request.Facts.Tls ? "https://upstream" : "http://upstream",
            client,
            config,
            new ForwardTransform(request)
        );
        request.ResponseBytes = metered.Written;
        request.RequestBytes = context.Request.ContentLength ?? 0;
        if (error == ForwarderError.None || context.Response.HasStarted)
            return null;
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        return Explain(request, error, exception).AsDecision(request.Decision);
    }

    private UpstreamFault Explain(ExitRequest request, ForwarderError error, Exception? exception)
    {
        if (UpstreamFault.In(exception) is { } known)
            return known;
        var host = request.Facts.Host;
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException handshake)
                return UpstreamTls.HandshakeFault(host, handshake);
        }
        if (error is ForwarderError.RequestBodyClient)
            return new UpstreamFault(Reason.Structure, 400, "The body of the request broke off or is not well-formed.");
        if (error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled)
            return new UpstreamFault(Reason.UpstreamUnreachable, 499, "The program that asked went away before the answer.");
        if (error is ForwarderError.RequestTimedOut)
            return new UpstreamFault(
                Reason.UpstreamTimeout,
                504,
                $"{host} sent no answer within {timeouts.FirstByte.TotalSeconds:0} s (stage: first answer byte).",
                "The upstream may be overloaded. Try again later."
            );
        if (
            exception
            is OperationCanceledException
                or HttpRequestException { InnerException: TimeoutException or OperationCanceledException }
        )
            return new UpstreamFault(
                Reason.UpstreamTimeout,
                504,
                $"{host} did not finish the connection within {(timeouts.Connect + timeouts.Handshake).TotalSeconds:0} s (stage: handshake).",
                "The upstream may be overloaded. Try again later."
            );
        return new UpstreamFault(
            Reason.UpstreamUnreachable,
            502,
            $"{host} is allowed and was reached, but it gave no valid HTTP answer (stage: answer).",
            "The policy is not the cause. Try again later."
        );
    }
}
