using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caisson.VendorStandIns.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>
/// Sites that tools expect: a git server (git's own <c>http-backend</c>), a package registry as npm and pip read it, and a host whose certificate nobody
/// trusts. Over TLS on ports of 127.0.0.1.
/// </summary>
internal sealed class UpstreamSites : IAsyncDisposable
{
    internal const string Git = "git.caisson.example";
    internal const string Registry = "registry.caisson.example";
    internal const string Untrusted = "untrusted.caisson.example";

    private readonly WebApplication app;
    private readonly X509Certificate2 selfSigned;
    private readonly string repositories;
    private readonly byte[] package;

    private UpstreamSites(StandInAuthority authority, string repositories, byte[] package)
    {
        this.repositories = repositories;
        this.package = package;
        selfSigned = SelfSigned();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(
                        new HttpsConnectionAdapterOptions
                        {
                            ServerCertificateSelector = (_, name) => name == Untrusted ? selfSigned : authority.LeafFor(name),
                        }
                    )
            )
        );
        app = builder.Build();
        app.UseRouting();
        app.MapGet("/greeting", () => Results.Json(PackageDocument())).RequireHost(Registry);
        app.MapGet("/greeting/-/greeting-1.0.0.tgz", () => Results.Bytes(package, "application/octet-stream")).RequireHost(Registry);
        app.MapGet(
                "/simple/greeting/",
                () => Results.Content($"<a href=\"/files/{PythonWheel.FileName}\">{PythonWheel.FileName}</a>", "text/html")
            )
            .RequireHost(Registry);
        app.MapGet($"/files/{PythonWheel.FileName}", () => Results.Bytes(PythonWheel.Create(), "application/octet-stream"))
            .RequireHost(Registry);
        app.Map("/{**path}", GitAsync).RequireHost(Git);
        app.MapGet("/", () => "never seen\n").RequireHost(Untrusted);
    }

    internal int Port { get; private set; }

    internal IEnumerable<string> Resolve => new[] { Git, Registry, Untrusted }.Select(host => $"{host}:443:127.0.0.1:{Port}");

    internal static async Task<UpstreamSites> StartAsync(StandInAuthority authority)
    {
        var directory = Directory.CreateTempSubdirectory("ce-sites-").FullName;
        using (var source = await Repository.CreateAsync())
            (await Command.RunAsync("git", "clone", "-q", "--bare", source.Path, Path.Combine(directory, "project.git"))).ShouldSucceed();
        var taking = Path.Combine(directory, "taking.git");
        (await Command.RunAsync("git", "init", "-q", "--bare", taking)).ShouldSucceed();
        (await Command.RunAsync("git", "-C", taking, "config", "http.receivepack", "true")).ShouldSucceed();
        Directory.CreateDirectory(Path.Combine(directory, "package"));
        await File.WriteAllTextAsync(
            Path.Combine(directory, "package", "package.json"),
            """{"name":"greeting","version":"1.0.0","main":"index.js"}"""
        );
        await File.WriteAllTextAsync(Path.Combine(directory, "package", "index.js"), "module.exports = 'hello from the registry';\n");
        var archive = Path.Combine(directory, "package.tgz");
        (await Command.RunAsync("tar", "-C", directory, "-czf", archive, "package")).ShouldSucceed();
        var sites = new UpstreamSites(authority, directory, await File.ReadAllBytesAsync(archive));
        await sites.app.StartAsync();
        sites.Port = new Uri(
            sites.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;
        return sites;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        selfSigned.Dispose();
        Directory.Delete(repositories, recursive: true);
    }

    private object PackageDocument() =>
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["name"] = "greeting",
            ["dist-tags"] = new { latest = "1.0.0" },
            ["versions"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["1.0.0"] = new
                {
                    name = "greeting",
                    version = "1.0.0",
                    dist = new
                    {
                        tarball = $"https://{Registry}/greeting/-/greeting-1.0.0.tgz",
                        integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(package)),
                    },
                },
            },
        };

    /// <summary>The Common Gateway Interface (RFC 3875), as far as git needs it.</summary>
    private async Task GitAsync(HttpContext context)
    {
        var start = new ProcessStartInfo("git", ["http-backend"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["GIT_PROJECT_ROOT"] = repositories;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["REQUEST_METHOD"] = context.Request.Method;
        start.Environment["PATH_INFO"] = context.Request.Path;
        start.Environment["QUERY_STRING"] = context.Request.QueryString.Value?.TrimStart('?') ?? "";
        start.Environment["CONTENT_TYPE"] = context.Request.ContentType ?? "";
        start.Environment["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString();
        start.Environment["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString();
        using var process = Process.Start(start)!;
        await context.Request.Body.CopyToAsync(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        using var answer = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(answer);
        var bytes = answer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in System.Text.Encoding.ASCII.GetString(bytes, 0, Math.Max(0, end)).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status")
                context.Response.StatusCode = int.Parse(value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            else
                context.Response.Headers[name] = value;
        }
        await context.Response.Body.WriteAsync(bytes.AsMemory(end + 4));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Untrusted}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Untrusted);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
