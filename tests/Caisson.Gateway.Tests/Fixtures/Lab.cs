using System.Collections.Concurrent;
using System.Net;
using Caisson.Audit;
using Caisson.Credentials;
using Caisson.Policy;
using Caisson.Policy.Decisions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>A real gateway with one sandbox, its log in a folder of its own, and upstreams that tests add.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];

    public required GatewayHost Host { get; init; }
    public required SandboxExit Exit { get; init; }
    public required SandboxAuthority Authority { get; init; }
    public required DecisionLog Log { get; init; }
    public required string Folder { get; init; }

    public IReadOnlyList<DecisionRecord> Records =>
        [
            .. File.ReadLines(Path.Combine(Folder, "sb1.jsonl"))
                .Select(line => System.Text.Json.JsonSerializer.Deserialize<DecisionRecord>(line, Snake)!),
        ];

    /// <summary>Waits for records that are written after the last byte that a client sees.</summary>
    public async Task<IReadOnlyList<DecisionRecord>> RecordsAsync(int count)
    {
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(Folder, "sb1.jsonl")) && Records.Count >= count);
        return Records;
    }

    private static readonly System.Text.Json.JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower,
    };

    public static async Task<Lab> StartAsync(
        IReadOnlyList<Route> routes,
        IReadOnlyList<TestUpstream>? upstreams = null,
        ISandboxCredentials? credentials = null,
        IReadOnlyList<string>? resolve = null,
        GatewayTimeouts? timeouts = null,
        Func<SandboxExitOptions, SandboxExitOptions>? exit = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null
    )
    {
        time ??= TimeProvider.System;
        var folder = Directory.CreateTempSubdirectory("caisson-gw-").FullName;
        var log = new DecisionLog(id => Path.Combine(folder, id + ".jsonl"));
        var overrides = new List<ResolveOverride>();
        foreach (var text in (upstreams ?? []).SelectMany(u => u.Overrides).Concat(resolve ?? []))
        {
            ResolveOverride.TryParse(text, out var value, out var error).ShouldBeTrue(error);
            overrides.Add(value!);
        }
        var gatewayOptions = new GatewayOptions
        {
            Decisions = log,
            Resolve = overrides,
            UpstreamCaFile = upstreams is { Count: > 0 } ? TestAuthority.Shared.File : null,
            Timeouts = timeouts ?? new GatewayTimeouts(),
        };
        var host = await GatewayHost.StartAsync(
            options?.Invoke(gatewayOptions) ?? gatewayOptions,
            loggers ?? NullLoggerFactory.Instance,
            time,
            default
        );
        var authority = SandboxAuthority.Create("sb1", time);
        var exitOptions = new SandboxExitOptions
        {
            SandboxId = "sb1",
            SocketPath = Path.Combine(folder, "exit.sock"),
            Routes = RouteTable.Compile(routes),
            Credentials = credentials ?? new TestCredentials(),
            Authority = authority,
        };
        var opened = await host.OpenAsync(exit?.Invoke(exitOptions) ?? exitOptions, default);
        var lab = new Lab
        {
            Host = host,
            Exit = opened,
            Authority = authority,
            Log = log,
            Folder = folder,
        };
        lab.owned.AddRange(upstreams ?? []);
        return lab;
    }

    public static Route Route(string host, Func<Route, Route>? change = null, int line = 1)
    {
        var route = new Route { Host = host, Origin = new Origin(Layer.Policy, "test.md", line) };
        return change?.Invoke(route) ?? route;
    }

    public static MatchRule Rule(string? credential = null, string[]? methods = null, params PathRule[] paths) =>
        new()
        {
            Origin = new Origin(Layer.Policy, "test.md", 2),
            Methods = methods ?? [],
            Paths = paths,
            Credential = credential,
        };

    public SandboxClient Client(string host, int port = 443, bool literal = false) => new(this, host, port, literal);

    /// <summary>A client whose every request goes to the host of its URL, as a program in the sandbox would.</summary>
    public HttpClient Http(Version? version = null) => SandboxClient.Http(this, version ?? HttpVersion.Version11);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        foreach (var one in owned)
            await one.DisposeAsync();
        Log.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

internal sealed class TestCredentials : ISandboxCredentials
{
    private readonly ConcurrentDictionary<string, (SandboxCredential Credential, CredentialValue Value)> all = new();

    public IReadOnlyCollection<SandboxCredential> All => [.. all.Values.Select(v => v.Credential)];

    public TestCredentials Add(
        string name,
        string placeholder,
        InjectionScheme scheme,
        string? value,
        string bindHost,
        CredentialValue? answer = null,
        int? port = null
    )
    {
        all[name] = (
            new SandboxCredential(name, placeholder, scheme, [new CredentialBind(bindHost, port)]),
            answer ?? new CredentialValue(value is null ? null : new Secret(value))
        );
        return this;
    }

    public SandboxCredential? Find(string name) => all.TryGetValue(name, out var found) ? found.Credential : null;

    public ValueTask<CredentialValue> ResolveAsync(string name, CancellationToken cancellation) => new(all[name].Value);
}
