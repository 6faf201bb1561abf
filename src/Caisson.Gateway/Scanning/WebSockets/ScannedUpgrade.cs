using Caisson.Gateway.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>Stands before both ways in which a request becomes a WebSocket, so that none is without its scan.</summary>
internal sealed class ScannedUpgrade(ExitRequest request, TimeProvider time) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? upgrade = request.Context.Features.Get<IHttpUpgradeFeature>();
    private readonly IHttpExtendedConnectFeature? connect = request.Context.Features.Get<IHttpExtendedConnectFeature>();

    /// <summary>Null until the server agreed.</summary>
    public ScannedSocket? Socket { get; private set; }

    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest ?? false;
    public bool IsExtendedConnect => connect?.IsExtendedConnect ?? false;
    public string? Protocol => connect?.Protocol;

    public static ScannedUpgrade Of(ExitRequest request, TimeProvider time)
    {
        var scanned = new ScannedUpgrade(request, time);
        if (scanned.upgrade is not null)
            request.Context.Features.Set<IHttpUpgradeFeature>(scanned);
        if (scanned.connect is not null)
            request.Context.Features.Set<IHttpExtendedConnectFeature>(scanned);
        return scanned;
    }

    public Task<Stream> UpgradeAsync() => AcceptAsync(() => upgrade!.UpgradeAsync());

    public ValueTask<Stream> AcceptAsync() => new(AcceptAsync(() => connect!.AcceptAsync().AsTask()));

    private async Task<Stream> AcceptAsync(Func<Task<Stream>> accept)
    {
        if (!SocketExtensions.TryAgree(request.Context.Response.Headers[SocketExtensions.Header], out var inflater))
        {
            request.Refusal = ScanRefusal.UnknownExtension();
            throw new RefusedBodyException(request.Refusal);
        }
        return Socket = new ScannedSocket(await accept(), inflater, request, time);
    }
}
