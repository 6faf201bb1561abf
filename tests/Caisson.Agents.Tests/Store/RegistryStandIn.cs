using System.Collections.Concurrent;
using System.Net;
using Caisson.Agents.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Caisson.Agents.Tests.Store;

/// <summary>Stand-in for an npm registry's tarball paths on loopback, over plain HTTP: the sums are what archives are trusted by.</summary>
internal sealed class RegistryStandIn : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, byte[]> files = new();
    private int requests;

    private RegistryStandIn()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Breaks the connection after this many bytes.</summary>
    internal int? CutAfter { get; set; }

    internal int Requests => requests;

    internal Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/npm/");

    internal static async Task<RegistryStandIn> StartAsync()
    {
        var registry = new RegistryStandIn();
        await registry.app.StartAsync();
        return registry;
    }

    /// <summary>Serves <paramref name="archive"/> and returns a pin that fits it.</summary>
    internal AgentBuild Publish(string package, byte[] archive, long unpacked, string executable)
    {
        files[$"/npm/{package}.tgz"] = archive;
        return TestArchive.Pin($"https://registry.npmjs.org/{package}.tgz", archive, unpacked, executable);
    }

    internal void Replace(string package, byte[] archive) => files[$"/npm/{package}.tgz"] = archive;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref requests);
        if (!files.TryGetValue(context.Request.Path, out var body))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentLength = body.Length;
        if (CutAfter is { } length)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, length));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(body);
    }
}
