using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Caisson.Credentials;
using Caisson.Gateway.Fetches;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Init.Protocol.Exit;
using Caisson.Policy;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Tests.Fetches;

/// <summary>One more sandbox of a lab, as it is while it starts.</summary>
internal sealed class Starter : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    private Starter(SandboxExit exit, string authority)
    {
        Exit = exit;
        Authority = authority;
    }

    public SandboxExit Exit { get; }

    /// <summary>PEM file of the sandbox's own authority.</summary>
    public string Authority { get; }

    public static async Task<Starter> OpenAsync(Lab lab, string id, IReadOnlyList<Route> routes, ISandboxCredentials? credentials = null)
    {
        var authority = SandboxAuthority.Create(id, TimeProvider.System);
        var file = Path.Combine(lab.Folder, id + ".pem");
        await File.WriteAllTextAsync(file, authority.CertificatePem);
        var starter = new Starter(
            await lab.Host.OpenAsync(
                new SandboxExitOptions
                {
                    SandboxId = id,
                    SocketPath = Path.Combine(lab.Folder, id + ".sock"),
                    Routes = RouteTable.Compile(routes),
                    Credentials = credentials ?? new TestCredentials(),
                    Authority = authority,
                }
            ),
            file
        );
        starter.listener.Start();
        _ = starter.AcceptAsync();
        return starter;
    }

    public FetchSharing Share(DateTimeOffset asked) => Exit.ShareFetches(asked);

    /// <summary>A clone by git itself, through the sandbox's exit.</summary>
    public async Task CloneAsync(string url, string folder)
    {
        var start = new ProcessStartInfo("git", ["clone", "-q", "--", url, folder])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["https_proxy"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        start.Environment["GIT_SSL_CAINFO"] = Authority;
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var words = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, words);
    }

    public HttpClient Http() =>
        new(
            new SocketsHttpHandler
            {
                Proxy = new WebProxy($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"),
                SslOptions =
                {
                    CertificateChainPolicy = new()
                    {
                        TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                        RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
                        CustomTrustStore =
                        {
                            System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(File.ReadAllText(Authority)),
                        },
                    },
                },
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(30),
        };

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await Exit.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    /// <summary>As caisson-init does with what goes to its proxy.</summary>
    private async Task RelayAsync(Socket socket)
    {
        await using var inside = new NetworkStream(socket, ownsSocket: true);
        var exit = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await exit.ConnectAsync(new UnixDomainSocketEndPoint(Exit.SocketPath));
        await using var outside = new NetworkStream(exit, ownsSocket: true);
        var buffer = new byte[ExitHeader.MaximumLength];
        var header = new ExitHeader
        {
            Source = new IPEndPoint(IPAddress.Parse("198.18.0.1"), 40000),
            Destination = new IPEndPoint(IPAddress.Parse("198.18.0.9"), 3128),
            Authority = "caisson.internal",
            Pid = 42,
            Executable = "/usr/bin/git",
        };
        try
        {
            await outside.WriteAsync(buffer.AsMemory(0, header.Write(buffer)));
            await Task.WhenAny(inside.CopyToAsync(outside), outside.CopyToAsync(inside));
        }
        catch (IOException)
        {
            // One end has gone; the other is closed with it.
        }
    }
}
