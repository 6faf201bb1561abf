using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Caisson.Server.Tests.Access;

/// <summary>The npm package <c>oidc-provider</c>, pinned, on a loopback port: a provider that we did not write. It is installed on first use.</summary>
internal sealed class RealProvider : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly HttpClient control = new();

    private RealProvider(Process process, string issuer)
    {
        this.process = process;
        Issuer = issuer;
    }

    public string Issuer { get; }

    public static async Task<RealProvider> StartAsync(string redirect)
    {
        var node = Start("node", Path.Combine(await InstalledAsync(), "provider.mjs"), redirect);
        using var limit = new CancellationTokenSource(Limit);
        while (await node.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("http://127.0.0.1:", StringComparison.Ordinal))
                return new RealProvider(node, line);
        }
        throw new InvalidOperationException(await node.StandardError.ReadToEndAsync(limit.Token));
    }

    /// <summary>Who signs in next, and what is said about them when asked.</summary>
    public async Task IsAsync(object person) =>
        (await control.GetStringAsync($"{Issuer}/control/person?value={Uri.EscapeDataString(JsonSerializer.Serialize(person))}")).ShouldBe(
            "ok"
        );

    /// <summary>Has it send a logout token of its making.</summary>
    public Task<HttpResponseMessage> SendLogoutAsync(Uri to, string subject, string session) =>
        control.GetAsync(
            $"{Issuer}/control/logout?uri={Uri.EscapeDataString(to.AbsoluteUri)}&sub={Uri.EscapeDataString(subject)}&sid={Uri.EscapeDataString(session)}"
        );

    /// <summary>Goes through the provider as a browser would, to the address that it sends the browser back to.</summary>
    public async Task<Uri> BrowseAsync(Uri address)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        for (var hop = 0; hop < 10; hop++)
        {
            using var response = await browser.GetAsync(address);
            response.Headers.Location.ShouldNotBeNull($"{address}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            address = new Uri(address, response.Headers.Location);
            if (!address.AbsoluteUri.StartsWith(Issuer, StringComparison.Ordinal))
                return address;
        }
        throw new InvalidOperationException("The provider sends the browser around in circles.");
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        process.Dispose();
        control.Dispose();
    }

    private static async Task<string> InstalledAsync()
    {
        var source = Path.Combine(RepositoryFile.Root, "tests/Caisson.Server.Tests/Access/Provider");
        var folder = Path.Combine(RepositoryFile.Root, "artifacts/oidc-provider");
        Directory.CreateDirectory(folder);
        var packages = Path.Combine(source, "package-lock.json");
        var stamp = Path.Combine(folder, "installed.json");
        var isInstalled = File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == await File.ReadAllTextAsync(packages);
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (isInstalled)
            return folder;
        using var npm = Start("npm", "ci", "--no-audit", "--no-fund", "--prefix", folder);
        npm.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var output = npm.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = npm.StandardError.ReadToEndAsync(limit.Token);
        await npm.WaitForExitAsync(limit.Token);
        npm.ExitCode.ShouldBe(0, $"{await output}{await errors}");
        File.Copy(packages, stamp, overwrite: true);
        return folder;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
