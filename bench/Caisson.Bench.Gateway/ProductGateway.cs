using System.Net;
using System.Runtime.InteropServices;
using Caisson.Audit;
using Caisson.Credentials;
using Caisson.Gateway;
using Caisson.Policy;
using Caisson.Policy.Decisions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Bench.Gateway;

/// <summary>The product as the server runs it: decisions by path rules, a credential injected, every request recorded on disk.</summary>
internal static class ProductGateway
{
    public static async Task<int> RunAsync(string folder, int port, string host, int hostPort)
    {
        var origin = new Origin(Layer.Policy, "bench", 1);
        var route = new Route
        {
            Host = host,
            Ports = [hostPort],
            Origin = origin,
            Match =
            [
                new MatchRule
                {
                    Origin = origin,
                    Methods = ["GET", "HEAD", "OPTIONS", "POST"],
                    Paths = [new PathRule(PathMatch.Prefix, "/small"), new PathRule(PathMatch.Prefix, "/large")],
                    Credential = "bench",
                },
            ],
        };
        using var log = new DecisionLog(id => Path.Combine(folder, id + ".jsonl"));
        var resolve = new ResolveOverride(host, hostPort, new IPEndPoint(IPAddress.Loopback, port));
        await using var gateway = await GatewayHost.StartAsync(
            new GatewayOptions
            {
                Decisions = log,
                Resolve = [resolve],
                UpstreamCaFile = Path.Combine(folder, "ca.pem"),
            },
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        using var authority = SandboxAuthority.Create("bench", TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(folder, "sandbox-ca.pem"), authority.CertificatePem);
        await using var exit = await gateway.OpenAsync(
            new SandboxExitOptions
            {
                SandboxId = "bench",
                SocketPath = Path.Combine(folder, "exit.sock"),
                Routes = RouteTable.Compile([route]),
                Credentials = new OneCredential(new CredentialBind(host, hostPort)),
                Authority = authority,
            }
        );
        var stop = new TaskCompletionSource();
        using var term = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            context =>
            {
                context.Cancel = true;
                stop.TrySetResult();
            }
        );
        Console.WriteLine("ready");
        await stop.Task;
        return 0;
    }

    private sealed class OneCredential(CredentialBind bind) : ISandboxCredentials
    {
        private readonly SandboxCredential only = new(
            "bench",
            "sk-placeholder-0123456789abcdef",
            new InjectionScheme(InjectionKind.Bearer),
            [bind]
        );
        private static readonly CredentialValue Value = new(new Secret("sk-real-0123456789abcdef"));

        public IReadOnlyCollection<SandboxCredential> All => [only];

        public SandboxCredential? Find(string name) => name == only.Name ? only : null;

        public ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation) => new(Value);
    }
}
