using Caisson.Gateway.Fetches;
using Caisson.Gateway.Scanning;
using Caisson.Gateway.Scanning.WebSockets;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Caisson.Gateway.Http;

/// <summary>Steps 6 and 7: sends the rebuilt request to its upstream and streams the answer back, counting both.</summary>
internal sealed class Forwarding(
    IHttpForwarder forwarder,
    SharedFetches? fetches,
    IdleWatch idle,
    GatewayTimeouts timeouts,
    TimeProvider time
)
{
    // A client that speaks HTTP/1.1 gets an HTTP/1.1 upstream, as it would without us; one that speaks HTTP/2 gets HTTP/2 wherever the
    // upstream offers it.
    private readonly ForwarderRequestConfig http1 = Config(System.Net.HttpVersion.Version11, timeouts.FirstByte);
    private readonly ForwarderRequestConfig http2 = Config(System.Net.HttpVersion.Version20, timeouts.FirstByte);
    private readonly ForwarderRequestConfig socket1 = Config(System.Net.HttpVersion.Version11, timeouts.Idle);
    private readonly ForwarderRequestConfig socket2 = Config(System.Net.HttpVersion.Version20, timeouts.Idle);

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
        using var shared =
            fetches is not null && request.Flow.Exit.Sharing is { } sharing && GitRead.Is(request.Facts, context.Request)
                ? new HttpMessageInvoker(new SharingHandler(fetches, sharing, request.Decision.Route!, client))
                : null;
        var metered = new MeteredBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(metered);
        var body = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true ? MeterRequest(request) : null;
        var socket = request.Facts.Protocol == RequestProtocol.WebSocket ? ScannedUpgrade.Of(request, time) : null;
        var transform = new ForwardTransform(request, metered, idle);
        ForwarderError error;
        try
        {
            error = await forwarder.SendAsync(
                context,
                request.Facts.Tls ? "https://upstream" : "http://upstream",
                shared ?? client,
                Choose(request),
                transform
            );
        }
        finally
        {
            if (metered.Exchange is { } exchange)
                idle.Stop(exchange);
            if (socket?.Socket is { } opened)
                await opened.EndAsync();
        }
        request.ResponseBytes = metered.Written + (socket?.Socket?.Received ?? 0);
        request.RequestBytes = (body?.Count ?? 0) + (socket?.Socket?.Sent ?? 0);
        if (request.Refusal is { } refusal)
            return refusal;
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (
            error == ForwarderError.None
            || (
                metered.IsAnswered
                && IsUnreadBody(error)
                && !PlaceholderInBodyException.IsIn(exception)
                && RefusedBodyException.In(exception) is null
            )
        )
            return null;
        var silent = metered.Exchange?.WasSilent ?? false;
        // Whatever else broke then broke because the client was gone, but for an answer that we ended ourselves.
        var fault =
            context.RequestAborted.IsCancellationRequested && !silent
                ? null
                : UpstreamErrors.Explain(
                    request.Facts.Host,
                    error,
                    context.Features.Get<IForwarderErrorFeature>()?.Exception,
                    silent,
                    timeouts
                );
        request.ClientLeft = fault is null;
        return fault?.AsDecision(request.Decision);
    }

    /// <summary>An upstream may answer before it has read a body, and stop reading (413, 401). That answer counts and is complete.</summary>
    private static bool IsUnreadBody(ForwarderError error) =>
        error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyDestination or ForwarderError.RequestBodyCanceled;

    private static MeteredRequest MeterRequest(ExitRequest request)
    {
        var http = request.Context.Request;
        if (request.WholeBody is { } whole)
            http.ContentLength = whole.Length;
        Stream body = request.WholeBody is null
            ? request.State.Placeholders.Guard(http.Body, request.Facts)
            : new MemoryStream(request.WholeBody);
        // Not disposed of when the answer is complete: an upstream that answers without reading may leave a read under way.
        if (request.BodyEncodings is { } encodings)
            body = new ScannedBody(body, encodings, request);
        var metered = new MeteredRequest(body);
        http.Body = metered;
        return metered;
    }

    private ForwarderRequestConfig Choose(ExitRequest request) =>
        (HttpProtocol.IsHttp2(request.Context.Request.Protocol), request.Facts.Protocol == RequestProtocol.WebSocket) switch
        {
            (true, true) => socket2,
            (true, false) => http2,
            (false, true) => socket1,
            _ => http1,
        };

    private static ForwarderRequestConfig Config(Version version, TimeSpan activity) =>
        new()
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            ActivityTimeout = activity,
        };
}
