using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Caisson.Bench.Gateway;

/// <summary>The server behind all of them: 70 bytes at /small, 256 MiB at /large; it reads what it is sent.</summary>
internal static class Upstream
{
    private const long LargeBytes = 256L * 1024 * 1024;
    private static readonly byte[] Small = new byte[70];
    private static readonly byte[] Block = new byte[64 * 1024];

    public static async Task<int> RunAsync(string folder, int port)
    {
        Small.AsSpan().Fill((byte)'x');
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            using var pem = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "upstream.pem"), Path.Combine(folder, "upstream.key"));
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate));
        });
        await using var application = builder.Build();
        application.Run(async context =>
        {
            context.Response.ContentType = "application/octet-stream";
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            if (context.Request.Path != "/large")
            {
                context.Response.ContentLength = Small.Length;
                await context.Response.Body.WriteAsync(Small);
                return;
            }
            context.Response.ContentLength = LargeBytes;
            for (long sent = 0; sent < LargeBytes; sent += Block.Length)
                await context.Response.Body.WriteAsync(Block);
        });
        await application.RunAsync();
        return 0;
    }
}
