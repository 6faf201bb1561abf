using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caisson.Init.Protocol.Exit;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>Connects to an exit as caisson-init does: over the Unix socket, with a header in front.</summary>
internal sealed class SandboxClient(Lab lab, string host, int port, bool literal)
{
    public int Pid { get; init; } = 42;
    public string? Executable { get; init; } = "/usr/bin/curl";

    public static HttpClient Http(Lab lab, Version version)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var name = context.DnsEndPoint.Host.Trim('[', ']');
                var client = new SandboxClient(lab, name, context.DnsEndPoint.Port, IPAddress.TryParse(name, out _));
                return await client.ConnectAsync();
            },
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(lab) },
        };
        return new HttpClient(handler)
        {
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public static X509ChainPolicy Trust(Lab lab) =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(lab.Authority.CertificatePem) },
        };

    public byte[] Header()
    {
        var buffer = new byte[ExitHeader.MaximumLength];
        var address = literal ? IPAddress.Parse(host) : IPAddress.Parse("198.18.0.9");
        var header = new ExitHeader
        {
            Source = new IPEndPoint(
                address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Parse("198.18.0.1") : IPAddress.Parse("fd00::1"),
                40000
            ),
            Destination = new IPEndPoint(address, port),
            Authority = literal ? null : host,
            Pid = Pid,
            Executable = Executable,
        };
        return buffer[..header.Write(buffer)];
    }

    public async Task<NetworkStream> ConnectRawAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(lab.Exit.SocketPath));
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async Task<NetworkStream> ConnectAsync()
    {
        var stream = await ConnectRawAsync();
        await stream.WriteAsync(Header());
        return stream;
    }

    public async Task<SslStream> ConnectTlsAsync(string? serverName = null, SslApplicationProtocol? protocol = null)
    {
        var tls = new SslStream(await ConnectAsync());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = serverName ?? host,
                CertificateChainPolicy = Trust(lab),
                ApplicationProtocols = [protocol ?? SslApplicationProtocol.Http11],
            }
        );
        return tls;
    }

    /// <summary>Sends bytes and reads all that comes until the other end closes.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        await using var stream = await ConnectRawAsync();
        return await ExchangeAsync(stream, Encoding.Latin1.GetString(Header()) + request);
    }

    public static async Task<string> ExchangeAsync(Stream stream, string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        }
        catch (IOException)
        {
            // The other end had enough before we were done; what it said until then can still be read.
        }
        return await ReadToEndAsync(stream, limit.Token);
    }

    public static async Task<string> ReadToEndAsync(Stream stream, CancellationToken cancellation)
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read)
                all.Write(buffer, 0, read);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
        return Encoding.Latin1.GetString(all.ToArray());
    }
}
