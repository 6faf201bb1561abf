using System.Net;
using System.Net.Sockets;
using System.Text;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;

namespace Caisson.Gateway.Tests.Scanning;

/// <summary>What leaves on a <c>tcp</c> route is searched for known values before it is passed on.</summary>
public sealed class ConnectionScanTests
{
    private const string Known = "vK8-s3cr3t+Value/91ZqLm";
    private const string Placeholder = "placeholder-7f3k9q2m5x8z";
    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    [Fact]
    public async Task Resets_AConnectionWithAKnownValue_CutAnywhere()
    {
        await using var server = new Server();
        await using var lab = await StartAsync(server);
        var text = Encoding.ASCII.GetBytes($"COPY secrets: {Known}\n");
        for (var cut = 1; cut < text.Length; cut++)
        {
            await using var stream = await lab.Client("db.example", 5432).ConnectAsync();
            await stream.WriteAsync("hello\n"u8.ToArray());
            var received = await server.NextAsync();
            await Eventually.HoldsAsync(() => received.Length == 6);

            await stream.WriteAsync(text.AsMemory(0, cut));
            // Both are on their way before the second part is sent, so that they are two reads of the gateway.
            if (cut <= 14 + 8)
                await Eventually.HoldsAsync(() => received.Length == 6 + cut);
            try
            {
                await stream.WriteAsync(text.AsMemory(cut));
            }
            catch (IOException)
            {
                // The first part was enough.
            }

            (await SandboxClient.ReadToEndAsync(stream, new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token)).ShouldBeEmpty();
            await Eventually.HoldsAsync(() => received.IsReset);
            received.Text.ShouldNotContain(Known[..16]);
        }
        var records = await lab.RecordsAsync(text.Length - 1);
        records.ShouldAllBe(record => record.Verdict == "deny" && record.Reason == "secret_found" && record.Route == "db.example");
        records.ShouldAllBe(record => record.Findings!.Single().Surface == "connection");
    }

    [Fact]
    public async Task Resets_AConnectionWithAPlaceholder()
    {
        await using var server = new Server();
        await using var lab = await StartAsync(server);
        await using var stream = await lab.Client("db.example", 5432).ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Placeholder));

        (await lab.RecordsAsync(1))[0].Reason.ShouldBe("placeholder_misuse");
    }

    [Fact]
    public async Task Passes_WhatOnlyLooksLikeASecret()
    {
        await using var server = new Server();
        await using var lab = await StartAsync(server);
        await using (var stream = await lab.Client("db.example", 5432).ConnectAsync())
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Token));
            var received = await server.NextAsync();
            await Eventually.HoldsAsync(() => received.Text == Token);
        }
        (await lab.RecordsAsync(1))[0].Verdict.ShouldBe("allow");
    }

    private static Task<Lab> StartAsync(Server server) =>
        Lab.StartAsync(
            [Lab.Route("db.example", r => r with { Protocol = RouteProtocol.Tcp, Ports = [5432] })],
            credentials: new TestCredentials().Add("deploy", Placeholder, new InjectionScheme(InjectionKind.Bearer), Known, "own.example"),
            resolve: [$"db.example:5432:127.0.0.1:{server.Port}"]
        );

    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Server() => listener.Start();

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public async Task<Received> NextAsync()
        {
            var received = new Received(await listener.AcceptTcpClientAsync());
            received.Start();
            return received;
        }

        public ValueTask DisposeAsync()
        {
            listener.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Received(TcpClient client)
    {
        private readonly StringBuilder text = new();

        public bool IsReset { get; private set; }

        public int Length => Text.Length;

        public string Text
        {
            get
            {
                lock (text)
                    return text.ToString();
            }
        }

        public void Start() => _ = RunAsync();

        private async Task RunAsync()
        {
            var buffer = new byte[1024];
            using (client)
            {
                try
                {
                    while (await client.GetStream().ReadAsync(buffer) is > 0 and var read)
                    {
                        lock (text)
                            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
                    }
                }
                catch (IOException)
                {
                    IsReset = true;
                }
            }
        }
    }
}
