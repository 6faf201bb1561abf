using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Caisson.VendorStandIns;
using Caisson.VendorStandIns.Certificates;
using Caisson.VendorStandIns.Traffic;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>
/// The product as a user has it: a home of its own, the real server, the real command, real agents; and vendors' stand-ins that accept only
/// the real keys. Disposing removes every sandbox, stops the server and deletes the home.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    internal static readonly string[] StandInHosts =
    [
        "api.anthropic.com",
        "api.openai.com",
        "chatgpt.com",
        "auth.openai.com",
        "example.org",
    ];

    private Process? server;

    private Installation()
    {
        // Short: a Unix socket's path has at most 107 bytes.
        Home = Directory.CreateTempSubdirectory("ce-").FullName;
        Keys = new VendorKeys($"sk-ant-api03-{RandomKey()}AA", $"sk-proj-{RandomKey()}") { ChatGpt = Login.AccessToken };
    }

    internal string Home { get; }

    /// <summary>The only keys that the stand-ins accept.</summary>
    internal VendorKeys Keys { get; }

    /// <summary>The ChatGPT login of the machine's own Codex, which lies outside of <see cref="Home"/>.</summary>
    internal CodexHome Login { get; } = new();

    internal StandInAuthority Authority { get; } = StandInAuthority.Create(TimeProvider.System);

    internal StandInServer Vendors { get; private set; } = null!;

    internal UpstreamSites Sites { get; private set; } = null!;

    internal int ServerProcess => server!.Id;

    internal static async Task<Installation> StartAsync()
    {
        var installation = new Installation();
        installation.Vendors = await StandInServer.StartAsync(
            new StandInOptions(new IPEndPoint(IPAddress.Loopback, 0), installation.Keys) { Authority = installation.Authority }
        );
        installation.Sites = await UpstreamSites.StartAsync(installation.Authority);
        await installation.ConfigureAsync();
        Directory.CreateDirectory(Path.Combine(installation.Home, "policies"));
        Directory.CreateDirectory(Path.Combine(Programs.Shared, "store"));
        Directory.CreateSymbolicLink(Path.Combine(installation.Home, "store"), Path.Combine(Programs.Shared, "store"));
        await Policies.WriteAsync(installation);
        await installation.ServeAsync();
        return installation;
    }

    /// <summary>A file and not arguments, so that a server which a command starts in the background has it, too.</summary>
    private async Task ConfigureAsync()
    {
        var authority = Path.Combine(Home, "upstream-ca.pem");
        await File.WriteAllTextAsync(authority, Authority.Pem);
        IEnumerable<string> vendors = StandInHosts.Select(host => $"{host}:443:127.0.0.1:{Vendors.EndPoint.Port}");
        var resolve = string.Concat(vendors.Concat(Sites.Resolve).Select(line => $"    - \"{line}\"\n"));
        await File.WriteAllTextAsync(
            Path.Combine(Home, "caisson.yaml"),
            $"server:\n  listen: none\ngateway:\n  upstream_ca: {authority}\n  resolve:\n{resolve}"
        );
    }

    /// <summary>Starts the server; returns when it listens.</summary>
    internal async Task ServeAsync(IReadOnlyDictionary<string, string?>? environment = null)
    {
        server = Process.Start(Describe(["serve"], environment: environment))!;
        server.StandardInput.Close();
        var errors = server.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Command.Limit);
        var line = await server.StandardOutput.ReadLineAsync(limit.Token);
        if (line?.StartsWith("listening", StringComparison.Ordinal) == true)
            return;
        await server.WaitForExitAsync(limit.Token);
        server = null;
        throw new InvalidOperationException($"The server did not start: {line} {await errors}");
    }

    /// <summary>Ends the server with a signal and waits for its end.</summary>
    internal async Task EndServerAsync(string signal)
    {
        (await Command.RunAsync("kill", $"-{signal}", $"{server!.Id}")).ShouldSucceed();
        using var limit = new CancellationTokenSource(Command.Limit);
        await server.WaitForExitAsync(limit.Token);
        server.Dispose();
        server = null;
    }

    /// <summary>Installs an agent from npm, once for all test runs.</summary>
    internal async Task InstallAsync(string agent)
    {
        var outcome = await RunAsync("agent", "install", agent);
        Assert.SkipWhen(
            outcome.Code != 0
                && Environment.GetEnvironmentVariable("CI") is null
                && !outcome.Error.Contains("sum", StringComparison.Ordinal),
            $"The real CLI is needed, from npm: {outcome.Error}"
        );
        outcome.ShouldSucceed();
    }

    /// <summary>A <c>caisson</c> command.</summary>
    internal Task<Outcome> RunAsync(params string[] arguments) => Command.RunAsync(Describe(arguments));

    /// <summary>A <c>caisson</c> command within a directory, with the real keys in its environment.</summary>
    internal Task<Outcome> RunInAsync(string directory, params string[] arguments) =>
        Command.RunAsync(Describe(arguments, directory, KeyVariables));

    internal IReadOnlyDictionary<string, string?> KeyVariables =>
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ANTHROPIC_API_KEY"] = Keys.Anthropic,
            ["OPENAI_API_KEY"] = Keys.OpenAi,
        };

    internal ProcessStartInfo Describe(
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null
    ) =>
        Command.Describe(
            Programs.Caisson,
            arguments,
            directory ?? Home,
            new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>(), StringComparer.Ordinal)
            {
                ["CAISSON_HOME"] = Home,
                ["CODEX_HOME"] = Login.Path,
            }
        );

    /// <summary>Ids of all sandboxes, newest first.</summary>
    internal async Task<IReadOnlyList<Listed>> ListAsync() => Listed.Read((await RunAsync("ls", "--json")).ShouldSucceed().Out);

    public async ValueTask DisposeAsync()
    {
        if (server is null)
            await ServeAsync();
        foreach (var sandbox in await ListAsync())
            await RunAsync("rm", sandbox.Id);
        if (server is not null)
            await EndServerAsync("TERM");
        await Vendors.DisposeAsync();
        await Sites.DisposeAsync();
        Login.Dispose();
        Directory.Delete(Path.Combine(Home, "store"));
        Directory.Delete(Home, recursive: true);
    }

    private static string RandomKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(66)).Replace('+', '-').Replace('/', '_');
}
