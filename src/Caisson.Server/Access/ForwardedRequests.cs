using System.Net;
using Caisson.Server.Configuration;

namespace Caisson.Server.Access;

/// <summary>
/// (1) Finds out who speaks. Forwarding and identity headers count from trusted peers only; from all others they are removed before anything
/// reads them. The client's address is found from the right, past trusted hops, because what is further left anybody could have written.
/// </summary>
internal sealed partial class ForwardedRequests(RequestDelegate next, AccessConfiguration configuration, ILogger<ForwardedRequests> logger)
{
    internal const string SecretHeader = "X-Caisson-Proxy-Secret";

    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP"];

    private readonly AuthOptions _auth = configuration.Auth;
    private long _removed;

    public Task InvokeAsync(HttpContext context)
    {
        var overSocket = context.Connection.LocalIpAddress is null;
        var peer = Plain(context.Connection.RemoteIpAddress);
        var trusted = peer is not null && IsTrusted(peer);
        if (!trusted)
            Remove(context.Request.Headers, peer);
        context.Features.Set(
            new Caller
            {
                OverSocket = overSocket,
                Peer = peer,
                ByTrustedProxy = trusted,
                Client = trusted ? Client(context.Request.Headers, peer!) : peer,
                Secure = IsSecure(context, trusted),
            }
        );
        return next(context);
    }

    private void Remove(IHeaderDictionary headers, IPAddress? peer)
    {
        var removed = false;
        foreach (var name in Forwarding.Concat(_auth.Headers).Append(SecretHeader))
            removed |= headers.Remove(name);
        if (removed)
            LogRemoved(peer?.ToString() ?? "the Unix socket", Interlocked.Increment(ref _removed));
    }

    private IPAddress Client(IHeaderDictionary headers, IPAddress peer)
    {
        var client = peer;
        foreach (
            var text in headers["X-Forwarded-For"].SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).Reverse()
        )
        {
            if (!IsTrusted(client) || Plain(Parse(text)) is not { } hop)
                break;
            client = hop;
        }
        return client;
    }

    /// <summary>Also where TLS ends in front of us at something that says nothing of it: the operator's address is https.</summary>
    private bool IsSecure(HttpContext context, bool trusted) =>
        context.Request.IsHttps
        || (trusted && context.Request.Headers["X-Forwarded-Proto"].ToString() is "https" or "wss")
        || (
            _auth.PublicUrl is { Scheme: "https" } url
            && string.Equals(context.Request.Host.Host, url.Host, StringComparison.OrdinalIgnoreCase)
        );

    private bool IsTrusted(IPAddress address) => _auth.Trusted.Any(network => network.Contains(address));

    /// <summary>Some proxies write the port, too.</summary>
    private static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? address
        : IPEndPoint.TryParse(text, out var point) ? point.Address
        : null;

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Headers that only trusted proxies may send were removed from a request of {Peer}; {Count} such requests so far"
    )]
    private partial void LogRemoved(string peer, long count);
}
