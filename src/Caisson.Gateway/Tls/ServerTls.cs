using System.Net.Security;
using System.Security.Authentication;
using Caisson.Gateway.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Caisson.Gateway.Tls;

/// <summary>The client's side of interception: a certificate of the sandbox' own authority for whatever name the client asked for.</summary>
internal static class ServerTls
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    public static TlsHandshakeCallbackOptions Options(GatewayTimeouts timeouts) =>
        new()
        {
            HandshakeTimeout = timeouts.Handshake,
            OnConnection = static context => new ValueTask<SslServerAuthenticationOptions>(
                Options(context.Connection.Features.Get<ExitConnection>()!)
            ),
        };

    private static SslServerAuthenticationOptions Options(ExitConnection flow) =>
        new()
        {
            // The name of the handshake, right or wrong: a wrong one is answered with 421, which the client can only read after the handshake.
            ServerCertificateContext = flow.Exit.Leaves.For(flow.ServerName ?? flow.Host),
            ApplicationProtocols = Protocols,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
            AllowTlsResume = true,
        };
}
