using System.Collections.Frozen;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Scanning.WebSockets;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Caisson.Gateway.Http;

/// <summary>
/// Builds the request that leaves from the parsed form of the one that came, and the answer likewise. The injected value goes in last, so that
/// nothing the request says about its headers can reach it.
/// </summary>
internal sealed class ForwardTransform(ExitRequest request, MeteredBody metered, IdleWatch idle) : HttpTransformer
{
    // They would let an upstream speak in our name, or lead a client to a protocol that is not inspected (Alt-Svc, RFC 7838).
    private static readonly string[] NotForClients = ["Alt-Svc", RefusalAnswer.DecisionHeader, RefusalAnswer.IdHeader];

    // Hop-by-hop (RFC 9110, 7.6.1), and what the connection to the upstream sets itself. YARP adds Upgrade and Connection of a WebSocket again.
    private static readonly FrozenSet<string> NotForUpstreams = new[]
    {
        "Connection",
        "Host",
        "HTTP2-Settings",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        var headers = httpContext.Request.Headers;
        var nominated = headers.Connection;
        var injection = request.Injection?.Plan;
        foreach (var (name, values) in headers)
        {
            if (name[0] == ':' || NotForUpstreams.Contains(name) || IsNominated(nominated, name))
                continue;
            if (injection?.Header is { } replaced && string.Equals(name, replaced, StringComparison.OrdinalIgnoreCase))
                continue;
            if (
                request.Facts.Protocol != RequestProtocol.WebSocket
                || !string.Equals(name, SocketExtensions.Header, StringComparison.OrdinalIgnoreCase)
            )
                Add(proxyRequest, name, values);
            else if (SocketExtensions.Offered(values) is { Count: > 0 } readable)
                Add(proxyRequest, name, readable);
        }
        if (headers.TE.Count > 0 && headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase))
            proxyRequest.Headers.TryAddWithoutValidation("TE", "trailers");

        var query = request.Facts.Query;
        if (injection is { Parameter: not null })
            query = injection.RewriteQuery(query);
        proxyRequest.RequestUri = Target(query);
        if (injection is { Header: { } header })
            proxyRequest.Headers.TryAddWithoutValidation(header, injection.HeaderValue());
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        if (!await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken))
            return false;
        metered.IsAnswered = true;
        // A WebSocket's silence is watched where its bytes pass.
        if (request.Facts.Protocol != RequestProtocol.WebSocket)
            metered.Exchange = idle.Start(httpContext);
        foreach (var name in NotForClients)
            httpContext.Response.Headers.Remove(name);
        return true;
    }

    private Uri Target(string query)
    {
        var facts = request.Facts;
        var path = request.Decision.ForwardPath.Length > 0 ? request.Decision.ForwardPath : facts.Path;
        var scheme = facts.Tls ? "https://" : "http://";
        return new Uri(string.Concat(scheme, HostText.Authority(facts.Host, facts.Port, facts.Tls), path, query), AsWritten);
    }

    /// <summary>Whether the request's Connection header names a header as meant for this hop only.</summary>
    private static bool IsNominated(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            if (value is null || string.Equals(value, "keep-alive", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan(range).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        // The client would join several cookie lines with a comma (RFC 6265, 5.4 wants a semicolon).
        if (values.Count > 1 && string.Equals(name, "Cookie", StringComparison.OrdinalIgnoreCase))
            values = string.Join("; ", values.ToArray());
        if (values.Count == 1)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values[0]))
                Content(message).Headers.TryAddWithoutValidation(name, values[0]);
        }
        else if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            Content(message).Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    // Headers such as Content-Type live on the content, which a request without body does not have yet.
    private static HttpContent Content(HttpRequestMessage message) => message.Content ??= new ByteArrayContent([]);
}
